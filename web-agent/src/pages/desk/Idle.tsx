// Nothing rings: what today came to, and what to do to be ready.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useKeys } from "../../desk/keys";
import { useDesk } from "../../desk/store";
import { Key, Nothing } from "../../ui/bits";
import { Since } from "../../ui/Timer";
import { useDo } from "./useCall";

export function Idle() {
  const { t } = useTranslation();
  const seat = useDesk((state) => state.desk.seat);
  const gone = useDesk((state) => state.desk.gone[0]);
  const keys = useKeys((state) => state.keys);
  const { seat: ask, busy } = useDo();
  const ready = seat?.status.kind === "ready";
  return (
    <section className="idle">
      {!seat || seat.status.kind === "offline" ? (
        <Nothing art="phone" title={t("idle.offline")} hint={t("idle.offlineHint")} />
      ) : ready ? (
        <div className="idle-ready">
          <span className="halo" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <h2>{seat.health === "ok" ? t("idle.ready") : t("idle.noStation")}</h2>
          <p className="soft">
            {t("idle.since")} <Since at={seat.statusSince} />
          </p>
          <p className="soft">
            {t("idle.answerBy")} <Key chord={keys.answer} />
          </p>
        </div>
      ) : (
        <Nothing
          title={t("idle.notReady")}
          hint={t("idle.notReadyHint")}
          action={
            <Button
              type="primary"
              size="large"
              loading={busy("seat:ready")}
              onClick={() => void ask({ kind: "ready" })}
            >
              {t("seat.goReady")} <Key chord={keys.ready} />
            </Button>
          }
        />
      )}
      {gone && gone.why !== "finished" && <p className="idle-gone">{t(`gone.${gone.why}`)}</p>}
    </section>
  );
}
