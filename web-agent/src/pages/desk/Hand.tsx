// My hand: raised, a supervisor sees it, with what I need; lowered by me or by who came.

import { Button, Input, Popover, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeyHandlers } from "../../app/Shell";
import { useKeys } from "../../desk/keys";
import { useDesk } from "../../desk/store";
import { HandIcon, Key } from "../../ui/bits";
import { Since } from "../../ui/Timer";
import { useDo } from "./useCall";

const MOST = 200;

export function Hand() {
  const { t } = useTranslation();
  const hand = useDesk((state) => state.desk.seat?.hand ?? null);
  const up = useDesk((state) => state.link === "up");
  const key = useKeys((state) => state.keys.hand);
  const { seat, busy } = useDo();
  const [open, setOpen] = useState(false);
  const [note, setNote] = useState("");
  const lower = () => void seat({ kind: "lower_hand" });
  const raise = async () => {
    if (await seat({ kind: "raise_hand", note })) {
      setOpen(false);
      setNote("");
    }
  };
  useKeyHandlers({ hand: () => (hand ? lower() : setOpen(true)) });
  if (hand) {
    return (
      <Tooltip title={hand.note || t("hand.lowerHint")}>
        <Button
          className="hand hand-up"
          icon={<HandIcon />}
          disabled={!up}
          loading={busy("seat:lower_hand")}
          aria-label={t("hand.lower")}
          data-hand="up"
          onClick={lower}
        >
          <Since at={hand.since} />
        </Button>
      </Tooltip>
    );
  }
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <form
          className="hand-form"
          onSubmit={(event) => {
            event.preventDefault();
            void raise();
          }}
        >
          <label htmlFor="hand-note">{t("hand.what")}</label>
          <Input
            id="hand-note"
            autoFocus
            maxLength={MOST}
            value={note}
            placeholder={t("hand.example")}
            onChange={(event) => setNote(event.target.value)}
          />
          <Button type="primary" htmlType="submit" block disabled={!up} loading={busy("seat:raise_hand")}>
            {t("hand.raise")}
          </Button>
        </form>
      }
    >
      <Tooltip
        title={
          <>
            {t("hand.raise")} <Key chord={key} />
          </>
        }
      >
        <Button className="hand" icon={<HandIcon />} disabled={!up} aria-label={t("hand.raise")} data-hand="down" />
      </Tooltip>
    </Popover>
  );
}
