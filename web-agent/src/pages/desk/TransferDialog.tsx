// Where to send a call, or whom to ask into it: a queue with who is free there, a flow, an agent with presence, or a number. Typed, chosen, sent.

import {
  BranchesOutlined,
  CustomerServiceOutlined,
  PhoneOutlined,
  SearchOutlined,
  TeamOutlined,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Input, Modal } from "antd";
import type { TFunction } from "i18next";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type DeskSetup, desk } from "../../api";
import { useMe } from "../../app/session";
import type { TransferTarget } from "../../contract.gen";
import { useDesk } from "../../desk/store";
import { phone } from "../../ui/format";
import { setupKey } from "./SeatControl";
import { closeDialogs, useDialogs, useDo } from "./useCall";

type Row = {
  id: string;
  target: TransferTarget;
  name: string;
  note: string;
  tone: string;
  icon: React.ReactNode;
  off: boolean;
};

/** What was typed as a number, or null: digits with `+`, `*`, `#` and the usual separators. */
export function dialable(typed: string): string | null {
  const bare = typed.replace(/[\s().-]/g, "");
  return /^\+?[0-9*#]{2,20}$/.test(bare) ? bare : null;
}

export function TransferDialog() {
  const { t } = useTranslation();
  const { open, of } = useDialogs();
  const card = useDesk((state) => state.desk.cards.find((one) => one.interaction === of));
  const adds = open === "consult";
  const shown = (open === "transfer" || adds) && card !== undefined;
  const asks = card?.allowed.includes("consult") ?? false;
  const title = t(adds ? "transfer.add" : asks ? "transfer.title" : "transfer.titleOnly");
  return (
    <Modal open={shown} onCancel={closeDialogs} footer={null} width={560} title={title} destroyOnHidden>
      {shown && <Targets interaction={card.interaction} adds={adds} />}
    </Modal>
  );
}

/** `adds`: somebody is asked into a conference; nobody is sent anywhere. */
function Targets({ interaction, adds }: { interaction: string; adds: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const card = useDesk((state) => state.desk.cards.find((one) => one.interaction === interaction));
  const { call, busy } = useDo();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  // Presence is worth seconds: fresh while the dialog is open.
  const setup = useQuery({ queryKey: setupKey, queryFn: desk.setup, refetchInterval: 2000, staleTime: 0 });
  const rows = useMemo(
    () => rowsFor(setup.data, typed, me.agent.id, !adds, t),
    [setup.data, typed, me.agent.id, adds, t],
  );
  const current = Math.min(at, rows.length - 1);
  const asks = card?.allowed.includes("consult") ?? false;
  const sends = !adds && (card?.allowed.includes("transfer") ?? false);
  const send = async (row: Row | undefined, kind: "transfer" | "consult") => {
    if (!row || row.off || !card || !card.allowed.includes(kind)) return;
    if (kind === "consult" && row.target.kind === "flow") return;
    if (await call(card, { kind, target: row.target })) closeDialogs();
  };
  return (
    <div className="transfer">
      <Input
        autoFocus
        size="large"
        prefix={<SearchOutlined />}
        placeholder={t("transfer.find")}
        aria-label={t("transfer.find")}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(current + 1, rows.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
          else if (event.key === "Enter" && !event.nativeEvent.isComposing)
            void send(rows[current], event.shiftKey || !sends ? "consult" : "transfer");
          else return;
          event.preventDefault();
        }}
      />
      <ul className="targets">
        {rows.map((row, index) => (
          <li key={row.id} className={index === current ? "on" : ""} onMouseMove={() => setAt(index)}>
            {row.icon}
            <span className="grow">
              <b>{row.name}</b>
              <span className="soft">
                <span className={`dot dot-${row.tone}`} /> {row.note}
              </span>
            </span>
            {asks && row.target.kind !== "flow" && (
              <Button
                type={index === current && !sends ? "primary" : "default"}
                disabled={row.off}
                loading={busy(`${interaction}:consult`) && index === current}
                data-target={`consult ${row.id}`}
                onClick={() => void send(row, "consult")}
              >
                {t("transfer.ask")}
              </Button>
            )}
            {sends && (
              <Button
                type={index === current ? "primary" : "default"}
                disabled={row.off}
                loading={busy(`${interaction}:transfer`) && index === current}
                data-target={`transfer ${row.id}`}
                onClick={() => void send(row, "transfer")}
              >
                {t(row.target.kind === "flow" ? "transfer.sendFlow" : "transfer.send")}
              </Button>
            )}
          </li>
        ))}
        {rows.length === 0 && <li className="soft">{t("transfer.none")}</li>}
      </ul>
      {asks && <p className="hint">{t(sends ? "transfer.hint" : "transfer.hintAdd")}</p>}
    </div>
  );
}

const rank = { free: 0, busy: 1, not_ready: 2, offline: 3 };

function rowsFor(setup: DeskSetup | undefined, typed: string, me: string, flows: boolean, t: TFunction): Row[] {
  const wanted = typed.trim().toLowerCase();
  const fits = (name: string) => name.toLowerCase().includes(wanted);
  const number = dialable(typed);
  const rows: Row[] = [];
  if (number) {
    rows.push({
      id: "number",
      target: { kind: "number", number },
      name: phone(number),
      note: t("transfer.number"),
      tone: "idle",
      icon: <PhoneOutlined />,
      off: false,
    });
  }
  for (const queue of (setup?.queues ?? []).filter((one) => fits(one.name))) {
    rows.push({
      id: `q${queue.id}`,
      target: { kind: "queue", queue: queue.id },
      name: queue.name,
      note: t("transfer.queue", { ready: queue.ready, waiting: queue.waiting }),
      tone: queue.ready > 0 ? "ready" : "not_ready",
      icon: <TeamOutlined />,
      off: false,
    });
  }
  // Nobody is asked into a conference by being a flow.
  for (const flow of flows ? (setup?.flows ?? []).filter((one) => fits(one.name) || fits(one.description)) : []) {
    rows.push({
      id: `f${flow.name}`,
      target: { kind: "flow", flow: flow.name },
      name: flow.name,
      note: [t(flow.returns ? "transfer.flowReturns" : "transfer.flowGoes"), flow.description]
        .filter(Boolean)
        .join(" · "),
      tone: "idle",
      icon: <BranchesOutlined />,
      off: false,
    });
  }
  const agents = (setup?.agents ?? []).filter((one) => one.id !== me && fits(one.name));
  for (const agent of agents.sort((a, b) => rank[a.presence] - rank[b.presence] || a.name.localeCompare(b.name))) {
    rows.push({
      id: `a${agent.id}`,
      target: { kind: "agent", agent: agent.id },
      name: agent.name,
      note: [t(`presence.${agent.presence}`), agent.team].filter(Boolean).join(" · "),
      tone: { free: "ready", busy: "talking", not_ready: "not_ready", offline: "offline" }[agent.presence],
      icon: <CustomerServiceOutlined />,
      off: agent.presence === "offline",
    });
  }
  return rows;
}
