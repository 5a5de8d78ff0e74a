// This browser as a phone, at a glance: how loud I am, how far the server is, and what is wrong.

import { AudioMutedOutlined, AudioOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import { usePhone } from "../../desk/phone";
import "./gauge.css";

export function PhoneGauge() {
  const { t } = useTranslation();
  const { state, microphone, level, roundTripMs, jitterMs } = usePhone();
  const fine = microphone === "ok";
  return (
    <div className="gauge">
      <span className={`gauge-mic ${fine ? "" : "gauge-bad"}`}>
        {fine ? <AudioOutlined /> : <AudioMutedOutlined />}
        {t(fine ? "phone.level" : `phone.mic.${microphone ?? "asked"}`)}
      </span>
      {fine && (
        <span
          className="gauge-bar"
          role="meter"
          aria-label={t("phone.level")}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(level * 100)}
        >
          <span style={{ width: `${Math.round(level * 100)}%` }} />
        </span>
      )}
      <span className="gauge-line">
        {state === "up"
          ? t("phone.line", { trip: roundTripMs ?? "–", jitter: jitterMs ?? "–" })
          : t(`phone.state.${state}`)}
      </span>
    </div>
  );
}
