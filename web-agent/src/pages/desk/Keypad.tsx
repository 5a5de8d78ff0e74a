import { Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { may } from "../../desk/fold";
import { useDesk } from "../../desk/store";
import { closeDialogs, useDialogs, useDo } from "./useCall";

const digits = [..."123456789*0#"];

export function Keypad() {
  const { t } = useTranslation();
  const { open, of } = useDialogs();
  const card = useDesk((state) => state.desk.cards.find((one) => one.interaction === of));
  const { call } = useDo();
  const [sent, setSent] = useState("");
  const send = (digit: string) => {
    if (!card || !may(card, "send_digits")) return;
    setSent((before) => (before + digit).slice(-24));
    void call(card, { kind: "send_digits", digits: digit });
  };
  return (
    <Modal
      open={open === "keypad" && card !== undefined}
      onCancel={closeDialogs}
      afterClose={() => setSent("")}
      footer={null}
      width={300}
      title={t("action.send_digits")}
      destroyOnHidden
    >
      <div
        className="keypad"
        role="group"
        aria-label={t("action.send_digits")}
        onKeyDown={(event) => {
          if (/^[0-9*#]$/.test(event.key)) {
            event.preventDefault();
            send(event.key);
          }
        }}
      >
        <output className="num">{sent || " "}</output>
        {digits.map((digit, at) => (
          <Button
            key={digit}
            size="large"
            autoFocus={at === 0}
            disabled={!may(card, "send_digits")}
            onClick={() => send(digit)}
          >
            {digit}
          </Button>
        ))}
        <p className="soft">{t("call.keypadHint")}</p>
      </div>
    </Modal>
  );
}
