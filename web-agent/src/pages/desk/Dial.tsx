// Calling somebody: from the header's pad, or from wherever a number is shown.

import { PhoneOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Modal, Select, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { create } from "zustand";
import { persist } from "zustand/middleware";
import { desk } from "../../api";
import { useMay } from "../../app/session";
import type { QueueId } from "../../contract.gen";
import type { DeskState } from "../../desk/fold";
import { useKeys } from "../../desk/keys";
import { useDesk } from "../../desk/store";
import { Key } from "../../ui/bits";
import { phone } from "../../ui/format";
import { setupKey } from "./SeatControl";
import { dialable } from "./TransferDialog";
import { closeDialogs, useDialogs, useDo } from "./useCall";

/** For which queue I call, until I choose another. */
const useFor = create<{ queue: QueueId | null }>()(
  persist((): { queue: QueueId | null } => ({ queue: null }), { name: "zuoxi.dial" }),
);

/** A seat with a station, and nothing that rings or talks. */
export function canDial({ seat, cards }: Pick<DeskState, "seat" | "cards">): boolean {
  const busy = cards.some((card) => card.state !== "wrap_up");
  return seat !== null && seat.status.kind !== "offline" && seat.station !== null && !busy;
}

const digits = [..."123456789*0#"];

/** In the header. */
export function DialButton() {
  const { t } = useTranslation();
  const keys = useKeys((state) => state.keys);
  const can = useDesk((state) => canDial(state.desk) && state.link === "up");
  return (
    <>
      <Tooltip
        title={
          <>
            {t("dial.title")} <Key chord={keys.dial} />
          </>
        }
      >
        <Button
          icon={<PhoneOutlined />}
          disabled={!can}
          aria-label={t("dial.title")}
          data-dial
          onClick={() => useDialogs.setState({ open: "dial", of: null })}
        />
      </Tooltip>
      <DialDialog />
    </>
  );
}

function DialDialog() {
  const { t } = useTranslation();
  const shown = useDialogs((state) => state.open === "dial");
  return (
    <Modal open={shown} onCancel={closeDialogs} footer={null} width={340} title={t("dial.title")} destroyOnHidden>
      {shown && <Pad />}
    </Modal>
  );
}

function Pad() {
  const { t } = useTranslation();
  const { dial, busy } = useDo();
  const [typed, setTyped] = useState("");
  const { queue } = useFor();
  const setup = useQuery({ queryKey: setupKey, queryFn: desk.setup });
  const queues = setup.data?.queues ?? [];
  const number = dialable(typed);
  const go = async () => {
    if (!number) return;
    if (await dial(number, queues.some((one) => one.id === queue) ? queue : null)) closeDialogs();
  };
  return (
    <div className="keypad dialpad">
      <Input
        autoFocus
        size="large"
        inputMode="tel"
        className="num"
        placeholder={t("dial.number")}
        aria-label={t("dial.number")}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onPressEnter={() => void go()}
        allowClear
      />
      {digits.map((digit) => (
        <Button key={digit} size="large" tabIndex={-1} onClick={() => setTyped((before) => before + digit)}>
          {digit}
        </Button>
      ))}
      <Select
        className="dial-queue"
        aria-label={t("dial.queue")}
        value={queues.some((one) => one.id === queue) ? queue : ""}
        onChange={(value) => useFor.setState({ queue: value || null })}
        options={[
          { value: "", label: t("dial.noQueue") },
          ...queues.map((one) => ({ value: one.id, label: t("dial.for", { queue: one.name }) })),
        ]}
      />
      <Button
        type="primary"
        size="large"
        className="dial-go"
        icon={<PhoneOutlined />}
        disabled={!number}
        loading={busy("dial")}
        onClick={() => void go()}
      >
        {number ? t("dial.call", { number: phone(number) }) : t("dial.go")}
      </Button>
      <p className="soft">{t("dial.hint")}</p>
    </div>
  );
}

/** Beside a number: calls it. */
export function CallIt({ number }: { number: string | null | undefined }) {
  const { t } = useTranslation();
  const may = useMay();
  const { dial, busy } = useDo();
  const can = useDesk((state) => canDial(state.desk) && state.link === "up");
  const { queue } = useFor();
  if (!number || !may("desk.use")) return null;
  const label = t("dial.call", { number: phone(number) });
  return (
    <Tooltip title={can ? label : t("dial.cannot")}>
      <Button
        type="text"
        size="small"
        shape="circle"
        className="call-it"
        icon={<PhoneOutlined />}
        aria-label={label}
        data-call={number}
        disabled={!can}
        loading={busy("dial")}
        onClick={(event) => {
          event.stopPropagation();
          void dial(number, queue);
        }}
      />
    </Tooltip>
  );
}
