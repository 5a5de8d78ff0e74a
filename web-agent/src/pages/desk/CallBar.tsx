import {
  AudioMutedOutlined,
  AudioOutlined,
  CaretRightOutlined,
  CheckOutlined,
  ClockCircleOutlined,
  CloseOutlined,
  InboxOutlined,
  PauseCircleOutlined,
  PauseOutlined,
  PhoneFilled,
  PlayCircleOutlined,
  RetweetOutlined,
  RollbackOutlined,
  SwapOutlined,
  TableOutlined,
  TeamOutlined,
  UserAddOutlined,
} from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { CallAction, CallCard } from "../../contract.gen";
import { barFor } from "../../desk/callbar";
import { useKeys } from "../../desk/keys";
import { useDesk } from "../../desk/store";
import { Key } from "../../ui/bits";
import { useDo } from "./useCall";

const icons: Partial<Record<CallAction, ReactNode>> = {
  answer: <PhoneFilled />,
  reject: <CloseOutlined />,
  mute: <AudioOutlined />,
  unmute: <AudioMutedOutlined />,
  hold: <PauseOutlined />,
  resume: <CaretRightOutlined />,
  send_digits: <TableOutlined />,
  transfer: <SwapOutlined />,
  consult: <UserAddOutlined />,
  park: <InboxOutlined />,
  swap: <RetweetOutlined />,
  join: <TeamOutlined />,
  complete: <CheckOutlined />,
  drop: <RollbackOutlined />,
  pause_recording: <PauseCircleOutlined />,
  resume_recording: <PlayCircleOutlined />,
  hangup: <PhoneFilled rotate={225} />,
  extend_wrap_up: <ClockCircleOutlined />,
  end_wrap_up: <CheckOutlined />,
};

export function CallBar({
  card,
  small = false,
  without = [],
}: {
  card: CallCard;
  small?: boolean;
  without?: CallAction[];
}) {
  const { t } = useTranslation();
  const keys = useKeys((state) => state.keys);
  const { press, busy } = useDo();
  const up = useDesk((state) => state.link === "up");
  const buttons = barFor(card).filter((one) => !without.includes(one.action));
  if (buttons.length === 0) return null;
  return (
    <div
      className={`callbar ${small ? "callbar-small" : buttons.length < 3 ? "callbar-2" : ""}`}
      role="toolbar"
      aria-label={t("call.bar")}
    >
      {buttons.map(({ action, live, key, look, label }) => (
        <Tooltip
          key={action}
          title={
            <>
              {t(`action.${label}`)} {key && <Key chord={keys[key]} />}
            </>
          }
        >
          <Button
            className={`call-${look}`}
            data-action={action}
            size={small ? "middle" : "large"}
            icon={icons[action]}
            disabled={!live || !up}
            loading={busy(`${card.interaction}:${action}`)}
            aria-label={t(`action.${label}`)}
            onClick={() => press(card, action)}
          >
            {!small && t(`action.${label}`)}
          </Button>
        </Tooltip>
      ))}
    </div>
  );
}
