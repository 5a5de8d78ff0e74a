// What a supervisor may do with a caller who waits: take the call, put it in front, send it to a queue or to an agent.

import { MoreOutlined, PhoneOutlined, TeamOutlined, UserOutlined, VerticalAlignTopOutlined } from "@ant-design/icons";
import { App, Button, Dropdown, type MenuProps } from "antd";
import { useTranslation } from "react-i18next";
import type { LiveSnapshot } from "../../api";
import type { LiveCall, Seat, TransferTarget } from "../../contract.gen";
import { useDesk } from "../../desk/store";
import { PermissionGate } from "../../ui/bits";
import { useDo } from "../desk/useCall";

const isFree = (seat: Seat | null) =>
  seat?.status.kind === "ready" && seat.activity.kind === "idle" && seat.health === "ok";

export function SendOn({ row, names }: { row: LiveCall; names: LiveSnapshot }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { waiting, busy } = useDo();
  const seat = useDesk((state) => state.desk.seat);
  const agents = useDesk((state) => state.desk.board?.agents);
  const up = useDesk((state) => state.link === "up");
  if (!row.queue) return null;
  const move = async (target: TransferTarget, to: string) => {
    if (await waiting(row.interaction, { kind: "move", target })) void message.success(t("sendOn.moved", { to }));
  };
  const raise = async () => {
    if (await waiting(row.interaction, { kind: "raise" })) void message.success(t("sendOn.raised"));
  };
  const ready = Object.values(agents ?? {}).filter(
    (one) => isFree(one.seat) && one.seat.agent !== seat?.agent && one.seat.agent !== row.agent,
  );
  const free = isFree(seat);
  const byName = (a: { label: string }, b: { label: string }) => a.label.localeCompare(b.label);
  const queues = Object.entries(names.queueNames)
    .filter(([id]) => id !== row.queue)
    .map(([id, one]) => ({
      key: `queue:${id}`,
      label: one.name,
      onClick: () => void move({ kind: "queue", queue: id }, one.name),
    }))
    .sort(byName);
  const people = ready
    .map((one) => ({ id: one.seat.agent, label: names.agentNames[one.seat.agent]?.name ?? one.seat.agent }))
    .map(({ id, label }) => ({
      key: `agent:${id}`,
      label,
      onClick: () => void move({ kind: "agent", agent: id }, label),
    }))
    .sort(byName);
  const items: MenuProps["items"] = [
    {
      key: "take",
      icon: <PhoneOutlined />,
      label: t("sendOn.take"),
      // It rings as any call does: who is not free is not rung, and the caller would wait for nothing.
      disabled: !free,
      title: free ? undefined : t("sendOn.takeReady"),
      onClick: () => seat && void move({ kind: "agent", agent: seat.agent }, t("sendOn.me")),
    },
    { key: "raise", icon: <VerticalAlignTopOutlined />, label: t("sendOn.raise"), onClick: () => void raise() },
    { key: "queue", icon: <TeamOutlined />, label: t("sendOn.queue"), disabled: queues.length === 0, children: queues },
    { key: "agent", icon: <UserOutlined />, label: t("sendOn.agent"), disabled: people.length === 0, children: people },
  ];
  return (
    <PermissionGate need="calls.supervise">
      <Dropdown trigger={["click"]} disabled={!up} menu={{ items }}>
        <Button
          size="small"
          type="text"
          icon={<MoreOutlined />}
          loading={busy(`waiting:${row.interaction}`)}
          aria-label={t("sendOn.more")}
          data-send-on={row.interaction}
        />
      </Dropdown>
    </PermissionGate>
  );
}
