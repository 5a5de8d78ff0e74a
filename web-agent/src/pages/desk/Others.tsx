// Who else is in the talk, and how: whom the agent is with now is told by words, not only by colour.

import { CloseOutlined, PhoneOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import type { CallCard, OtherParty } from "../../contract.gen";
import { useDesk } from "../../desk/store";
import { Face } from "../../ui/bits";
import { phone } from "../../ui/format";
import { useDo } from "./useCall";

/** A number outside is shown as numbers are. */
const nameOf = (one: OtherParty) => (/^\+?[0-9*#]+$/.test(one.name) ? phone(one.name) : one.name);

export function Others({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const { call, busy } = useDo();
  const up = useDesk((state) => state.link === "up");
  if (card.others.length === 0) return null;
  const mine = card.askedBy === null;
  return (
    <ul className="others" aria-label={t("other.title")}>
      {card.others.map((one) => {
        const name = nameOf(one);
        const state = one.state === "apart" && card.state === "talking" ? "waits" : one.state;
        return (
          <li key={one.leg ?? one.name} className={`other other-${state}`}>
            {one.agent === null ? <PhoneOutlined className="other-phone" /> : <Face name={name} size={32} />}
            <span className="grow">
              <b>{name}</b>
              <span className="soft" role="status">
                <span
                  className={`dot ${one.state === "ringing" || one.state === "asked" ? "dot-ringing pulse" : "dot-talking"}`}
                />
                {t(`other.${state}`)}
              </span>
            </span>
            {mine && card.allowed.includes("drop") && (
              <Tooltip title={t("other.drop", { name })}>
                <Button
                  type="text"
                  shape="circle"
                  icon={<CloseOutlined />}
                  disabled={!up}
                  loading={busy(`${card.interaction}:drop`)}
                  aria-label={t("other.drop", { name })}
                  onClick={() => void call(card, { kind: "drop", leg: one.leg })}
                />
              </Tooltip>
            )}
          </li>
        );
      })}
    </ul>
  );
}
