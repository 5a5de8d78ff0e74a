// What the agent must know now: the line is down, another tab rings, the seat changed by a rule, the password must change.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { askSeat, useDesk } from "../desk/store";
import { takeOver, useTabs } from "../desk/tabs";
import { time } from "../ui/format";
import { useMay } from "./session";

const surprising = [
  "missed_offer",
  "rejected_offer",
  "station_failed",
  "station_lost",
  "desktop_lost",
  "forced",
  "restart",
];

/** What may end a seat without the agent's doing. */
const away = ["desktop_lost", "forced", "restart"];

export function Banners() {
  const { t } = useTranslation();
  const may = useMay();
  const { link, upAt, desk } = useDesk();
  const owns = useTabs((state) => state.owns);
  const seat = desk.seat;
  const expected = seat?.status.kind === "offline" ? away : surprising;
  const by = seat && seat.status.kind !== "ready" && expected.includes(seat.statusWhy) ? seat.statusWhy : null;
  const stationLost = seat && seat.status.kind !== "offline" && seat.health === "unreachable" && by !== "station_lost";
  return (
    <div className="banners" aria-live="polite">
      {link !== "up" && upAt !== null && (
        <div className="banner banner-bad" role="alert">
          <span className="dot pulse" />
          {t("banner.offline", { at: time(upAt) })}
        </div>
      )}
      {desk.goingAway && link === "up" && <div className="banner banner-warn">{t("banner.goingAway")}</div>}
      {by && (
        <div className="banner banner-warn" role="alert">
          <span>{t(`banner.seat.${by}`)}</span>
          {seat?.status.kind === "not_ready" && (
            <Button
              size="small"
              onClick={() => void askSeat({ kind: "ready" }).catch(() => {})}
              disabled={link !== "up"}
            >
              {t("seat.goReady")}
            </Button>
          )}
        </div>
      )}
      {stationLost && <div className="banner banner-warn">{t("banner.station")}</div>}
      {may("desk.use") && !owns && seat && (
        <div className="banner banner-info">
          <span>{t("banner.otherTab")}</span>
          <Button size="small" onClick={takeOver}>
            {t("banner.takeOver")}
          </Button>
        </div>
      )}
    </div>
  );
}
