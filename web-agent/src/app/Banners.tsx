// What the agent must know now: the line is down, another tab rings, the seat changed by a rule, the password must change.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { usePhone } from "../desk/phone";
import { askSeat, useDesk } from "../desk/store";
import { takeOver, useTabs } from "../desk/tabs";
import { phone } from "../desk/usePhoneHere";
import { time } from "../ui/format";
import { useMay } from "./session";

const surprising = [
  "missed_offer",
  "rejected_offer",
  "station_failed",
  "station_lost",
  "microphone",
  "poor_line",
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
  const browser = seat !== null && seat.station === seat.agent;
  return (
    <div className="banners" aria-live="polite">
      {link !== "up" && upAt !== null && (
        <div className="banner banner-bad" role="alert">
          <span className="dot pulse" />
          {t("banner.offline", { at: time(upAt) })}
        </div>
      )}
      {desk.goingAway && link === "up" && <div className="banner banner-warn">{t("banner.goingAway")}</div>}
      {by && !(by === "microphone" && browser && owns) && (
        <div className="banner banner-warn" role="alert">
          <span>{t(`banner.seat.${by}`)}</span>
          {seat?.status.kind === "not_ready" && (
            <Button
              size="small"
              onClick={() => void askSeat({ kind: "ready" }).catch(() => {})}
              disabled={link !== "up" || seat.health === "unfit"}
            >
              {t("seat.goReady")}
            </Button>
          )}
        </div>
      )}
      {stationLost && !browser && <div className="banner banner-warn">{t("banner.station")}</div>}
      {browser && seat.status.kind !== "offline" && owns && <PhoneBanner />}
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

/** What keeps this browser from being a phone, with the way out. */
function PhoneBanner() {
  const { t } = useTranslation();
  const { state, microphone, mute } = usePhone();
  const talks = useDesk(({ desk }) => desk.cards.some((card) => card.state === "talking" || card.state === "held"));
  const paused = useDesk(({ desk }) => desk.seat?.status.kind === "not_ready" && desk.seat.statusWhy === "microphone");
  if (state === "elsewhere")
    return (
      <div className="banner banner-info">
        <span>{t("phone.elsewhere")}</span>
        <Button size="small" onClick={() => phone.takeOver()}>
          {t("phone.takeOver")}
        </Button>
      </div>
    );
  if (state === "asking" && microphone === null)
    return <div className="banner banner-info">{t("phone.mic.asked")}</div>;
  if (microphone !== null && microphone !== "ok")
    return (
      <div className="banner banner-bad" role="alert">
        <span>
          {t(`phone.help.${microphone}`)} {paused && t("phone.paused")}
        </span>
        <Button size="small" onClick={() => void phone.retry()}>
          {t("phone.again")}
        </Button>
      </div>
    );
  if (state === "connecting" && talks)
    return (
      <div className="banner banner-bad" role="alert">
        <span className="dot pulse" />
        {t("phone.cut")}
      </div>
    );
  if (mute)
    return (
      <div className="banner banner-warn" role="alert">
        <span>{t("phone.muted")}</span>
        <Button size="small" onClick={() => phone.pressed()}>
          {t("phone.hear")}
        </Button>
      </div>
    );
  return null;
}
