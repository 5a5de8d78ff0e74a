// Callers in numbered places: whoever is free takes one. Mine stand out, and so does one whose time is nearly over.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useKeys } from "../../desk/keys";
import { useDesk } from "../../desk/store";
import { Chip, Key, Phone } from "../../ui/bits";
import { Shrink } from "../../ui/Timer";
import { useDo } from "./useCall";

/** Puts the keyboard on the first of them; from there Tab and Enter do. */
export function firstParked(): void {
  document.querySelector<HTMLButtonElement>("[data-take-parked]")?.focus();
}

export function Parked() {
  const { t } = useTranslation();
  const rows = useDesk((state) => state.desk.parked);
  const me = useDesk((state) => state.desk.seat?.agent);
  const up = useDesk((state) => state.link === "up");
  const key = useKeys((state) => state.keys.parked);
  const { takeParked, busy } = useDo();
  if (rows.length === 0) return null;
  return (
    <section aria-label={t("parked.title")}>
      <h2>
        {t("parked.title")} <Chip tone="info">{rows.length}</Chip> <Key chord={key} />
      </h2>
      <ul className="parked">
        {rows.map((row) => (
          <li key={row.interaction} className={row.by === me ? "parked-mine" : ""}>
            <span className="parked-slot num" title={t("parked.slot", { slot: row.slot })}>
              {row.slot}
            </span>
            <span className="grow">
              <b>
                {row.customerName ?? (
                  <Phone number={row.caller.number} raw={row.caller.raw} withheld={row.caller.withheld} />
                )}
              </b>
              <span className="soft">
                {[row.by === me ? t("parked.byMe") : t("parked.by", { name: row.byName }), row.queueName]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
              <Shrink from={row.since} until={row.until} label={t("parked.left")} />
            </span>
            <Button
              size="small"
              type={row.by === me ? "primary" : "default"}
              disabled={!up}
              loading={busy(`take:${row.interaction}`)}
              data-take-parked={row.slot}
              aria-label={t("parked.takeSlot", { slot: row.slot })}
              onClick={() => void takeParked(row.interaction)}
            >
              {t("parked.take")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
