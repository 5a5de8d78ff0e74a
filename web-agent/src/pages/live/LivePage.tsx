// What happens now: figures of the day, queues, agents, calls. Moves by itself; grey, with its age, once the line is dead.

import {
  CheckCircleFilled,
  CloseCircleFilled,
  MoreOutlined,
  QuestionCircleOutlined,
  WarningFilled,
} from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { App, Button, Dropdown, Skeleton, Table, type TableColumnsType, Tooltip } from "antd";
import { memo, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type LiveSnapshot, live } from "../../api";
import type { Hand, LiveAgent, LiveCall, LiveQueue, SeatCommand } from "../../contract.gen";
import { useDesk, watchBoard } from "../../desk/store";
import { Chip, Face, HandIcon, Nothing, Panel, PermissionGate, Phone, Vip } from "../../ui/bits";
import { Failed } from "../../ui/Failed";
import { clock, percent, time } from "../../ui/format";
import { Formula, StatCard } from "../../ui/StatCard";
import { saying } from "../../ui/say";
import { Since } from "../../ui/Timer";
import { openLine } from "../desk/Messages";
import { toneOf, useStatusWord } from "../desk/SeatControl";
import { ExplainDrawer } from "./ExplainDrawer";
import { grade, seeded, type Today, today } from "./figures";
import { SendOn } from "./SendOn";
import { ComeIn } from "./Supervise";

/** A live table never grows past this; the rest is a number. */
const SHOWN = 200;
const HEAL_MS = 10_000;

export function LivePage() {
  const { t } = useTranslation();
  const link = useDesk((state) => state.link);
  const upAt = useDesk((state) => state.upAt);
  const board = useDesk((state) => state.desk.board);
  const [asked, setAsked] = useState<string | null>(null);
  const snapshot = useQuery({
    queryKey: ["live", link === "up"],
    queryFn: live.snapshot,
    refetchInterval: HEAL_MS,
    placeholderData: (before) => before,
  });
  const { data } = snapshot;
  useEffect(() => watchBoard(), []);
  useEffect(() => {
    if (data) useDesk.setState((state) => ({ desk: { ...state.desk, board: seeded(state.desk.board, data) } }));
  }, [data]);

  useHands(board ? Object.values(board.agents) : [], (agent) => data?.agentNames[agent]?.name ?? agent);

  if (!board || !data) {
    return (
      <main className="page">
        <h1>{t("nav.live")}</h1>
        {snapshot.isError ? <Failed why={snapshot.error} again={() => void snapshot.refetch()} /> : <Skeleton active />}
      </main>
    );
  }
  const stale = link !== "up";
  const names = data;
  const queues = Object.values(board.queues).sort(
    (a, b) =>
      b.waiting - a.waiting ||
      (names.queueNames[a.queue]?.name ?? "").localeCompare(names.queueNames[b.queue]?.name ?? ""),
  );
  const agents = Object.values(board.agents).sort(byState);
  const calls = Object.values(board.calls).sort((a, b) => a.began - b.began);
  return (
    <main className={`page live ${stale ? "stale" : ""}`} data-stale={stale || undefined}>
      <header className="page-head">
        <h1>{t("nav.live")}</h1>
        <span className="grow" />
        <span className={stale ? "live-age live-age-old" : "live-age"} role="status">
          <span className={stale ? "dot" : "dot dot-ready"} />
          {stale ? t("live.stale", { at: time(upAt ?? board.at) }) : t("live.fresh")}
        </span>
      </header>
      <Tiles figures={today(queues)} agents={agents} />
      <div className="live-grid">
        <Panel title={t("live.queues")} className="live-queues">
          <Queues queues={queues} names={names} />
        </Panel>
        <Panel
          title={t("live.agents", { n: agents.filter((one) => one.seat.status.kind !== "offline").length })}
          className="live-agents"
        >
          <ul className="agents">
            {agents.slice(0, SHOWN).map((one) => (
              <AgentRow
                key={one.seat.agent}
                one={one}
                name={names.agentNames[one.seat.agent]?.name ?? one.seat.agent}
              />
            ))}
            {agents.length === 0 && <Nothing title={t("live.noAgents")} />}
          </ul>
        </Panel>
        <Panel title={t("live.calls", { n: calls.length })} className="live-calls">
          <Calls calls={calls.slice(0, SHOWN)} names={names} explain={setAsked} />
        </Panel>
      </div>
      <ExplainDrawer interaction={asked} names={names} close={() => setAsked(null)} />
    </main>
  );
}

const stateOrder = ["talking", "held", "offered", "wrap_up", "ready", "not_ready", "offline"];
/** Who asks for somebody comes first, the longest wait before all. */
function byState(a: LiveAgent, b: LiveAgent): number {
  const up = (one: LiveAgent) => one.seat.hand?.since ?? Number.POSITIVE_INFINITY;
  if (up(a) !== up(b)) return up(a) - up(b);
  return (
    stateOrder.indexOf(toneOf(a.seat)) - stateOrder.indexOf(toneOf(b.seat)) ||
    a.seat.activitySince - b.seat.activitySince
  );
}

const marks = { ok: <CheckCircleFilled />, warn: <WarningFilled />, bad: <CloseCircleFilled /> };

function Tiles({ figures, agents }: { figures: Today; agents: LiveAgent[] }) {
  const { t } = useTranslation();
  const tone = grade(figures.within, figures.measured);
  const count = (state: string) => agents.filter((one) => toneOf(one.seat) === state).length;
  return (
    <div className="tiles">
      <StatCard name={t("live.waiting")} formula="waiting" value={figures.waiting} />
      <StatCard
        name={t("live.longestWait")}
        formula="longest_wait"
        value={figures.oldest === null ? "–" : <Since at={figures.oldest} />}
      />
      <StatCard
        name={t("live.serviceLevel")}
        formula="service_level"
        value={percent(figures.within, figures.measured)}
        mark={tone ? { tone, word: t(`grade.${tone}`), icon: marks[tone] } : undefined}
        note={t("live.target", { n: 80 })}
      />
      <StatCard
        name={t("live.answered")}
        formula="offered"
        value={figures.answered}
        note={t("live.ofOffered", { n: figures.offered })}
      />
      <StatCard
        name={t("live.abandoned")}
        formula="abandoned"
        value={figures.abandoned}
        note={t("live.short", { n: figures.shortAbandoned })}
      />
      <StatCard
        name={t("live.ready")}
        formula="ready_agents"
        value={count("ready")}
        note={t("live.talkingNow", { n: count("talking") + count("held") })}
      />
    </div>
  );
}

function Queues({ queues, names }: { queues: LiveQueue[]; names: LiveSnapshot }) {
  const { t } = useTranslation();
  const figure = (title: string, formula: string) => (
    <Tooltip title={<Formula id={formula} />}>
      <span>{title}</span>
    </Tooltip>
  );
  const columns: TableColumnsType<LiveQueue> = [
    {
      title: t("word.queue"),
      ellipsis: true,
      render: (_, row) => <b>{names.queueNames[row.queue]?.name ?? row.queue}</b>,
    },
    {
      title: t("live.waiting"),
      width: 72,
      align: "right",
      render: (_, row) => <span className={`num ${row.waiting > 0 ? "hot" : ""}`}>{row.waiting}</span>,
    },
    {
      title: t("live.longestWait"),
      width: 88,
      align: "right",
      render: (_, row) => (row.oldest === null ? "–" : <Since at={row.oldest} />),
    },
    {
      title: t("live.talking"),
      responsive: ["xl"],
      width: 70,
      align: "right",
      render: (_, row) => <span className="num">{row.talking}</span>,
    },
    {
      title: figure(t("live.answered"), "offered"),
      width: 92,
      align: "right",
      render: (_, row) => <span className="num">{`${row.answered} / ${row.offered}`}</span>,
    },
    {
      title: figure(t("live.abandoned"), "abandoned"),
      width: 104,
      align: "right",
      render: (_, row) => (
        <span className="num">
          {row.abandoned} <span className="soft">+{row.shortAbandoned}</span>
        </span>
      ),
    },
    {
      title: figure(t("live.serviceLevel"), "service_level"),
      width: 96,
      align: "right",
      render: (_, row) => {
        const tone = grade(row.withinTarget, row.answered + row.abandoned);
        return (
          <span className={tone ? `num stat-${tone}` : "num"}>
            {tone && marks[tone]} {percent(row.withinTarget, row.answered + row.abandoned)}
            {tone && <span className="sr">{t(`grade.${tone}`)}</span>}
          </span>
        );
      },
    },
    {
      title: figure(t("live.asa"), "asa"),
      responsive: ["xl"],
      width: 72,
      align: "right",
      render: (_, row) => <span className="num">{row.answered > 0 ? clock(row.waitMsSum / row.answered) : "–"}</span>,
    },
  ];
  return (
    <Table<LiveQueue>
      size="small"
      rowKey="queue"
      columns={columns}
      dataSource={queues}
      pagination={false}
      locale={{ emptyText: <Nothing title={t("live.noQueues")} /> }}
    />
  );
}

const AgentRow = memo(function AgentRow({ one, name }: { one: LiveAgent; name: string }) {
  const { t } = useTranslation();
  const word = useStatusWord();
  const { seat } = one;
  const idle = seat.activity.kind === "idle";
  return (
    <li
      className={seat.hand ? "hand-row" : seat.status.kind === "offline" ? "away" : ""}
      data-hand={seat.hand ? name : undefined}
    >
      <Face name={name} size={32} />
      <span className="grow cell2">
        <b>{name}</b>
        <small>
          <span className={`dot dot-${toneOf(seat)}`} />{" "}
          {idle ? word(seat.status) : t(`activity.${seat.activity.kind}`)}
          {seat.health === "unreachable" && seat.status.kind !== "offline" && (
            <WarningFilled
              className="stat-bad"
              title={t("station.unreachable")}
              aria-label={t("station.unreachable")}
            />
          )}
        </small>
        {seat.hand && <RaisedHand hand={seat.hand} />}
      </span>
      <Tooltip
        title={t("live.agentToday", {
          answered: one.answeredToday,
          missed: one.missedToday,
          talk: clock(one.talkMsToday),
        })}
      >
        <span className="num soft agent-count">{one.answeredToday}</span>
      </Tooltip>
      <Since at={idle ? seat.statusSince : seat.activitySince} className="agent-time" />
      <PermissionGate need="seats.force">
        <Force one={one} name={name} />
      </PermissionGate>
    </li>
  );
});

function RaisedHand({ hand }: { hand: Hand }) {
  const { t } = useTranslation();
  return (
    <span className="hand-note" role="status">
      <HandIcon /> {hand.note || t("hand.asks")} <Since at={hand.since} />
    </span>
  );
}

/** Hands that went up since the page was opened are told once, wherever the eye is. */
function useHands(agents: LiveAgent[], nameOf: (agent: string) => string) {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const seen = useRef<Set<string> | null>(null);
  const up = agents.filter((one) => one.seat.hand);
  const keys = up.map((one) => `${one.seat.agent} ${one.seat.hand?.since}`).join(",");
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a hand that goes up or down is news
  useEffect(() => {
    const now = new Set(keys === "" ? [] : keys.split(","));
    for (const one of up) {
      const key = `${one.seat.agent} ${one.seat.hand?.since}`;
      if (seen.current && !seen.current.has(key))
        notification.warning({
          key,
          title: t("hand.up", { name: nameOf(one.seat.agent) }),
          description: one.seat.hand?.note,
          icon: <HandIcon />,
        });
    }
    seen.current = now;
  }, [keys]);
}

/** Another's seat: what a supervisor may set it to. The agent is told who asked. */
function Force({ one, name }: { one: LiveAgent; name: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const status = one.seat.status.kind;
  const ask = (command: SeatCommand) =>
    live.force(one.seat.agent, command).then(
      () => void message.success(t("live.forced", { name })),
      (why) => void message.error(saying(why)),
    );
  return (
    <Dropdown
      trigger={["click"]}
      disabled={status === "offline"}
      menu={{
        items: [
          ...(one.seat.hand
            ? [{ key: "hand", label: t("hand.lowerFor"), onClick: () => void ask({ kind: "lower_hand" }) }]
            : []),
          { key: "message", label: t("messages.to", { name }), onClick: () => openLine(one.seat.agent) },
          {
            key: "ready",
            label: t("seat.goReady"),
            disabled: status === "ready",
            onClick: () => void ask({ kind: "ready" }),
          },
          { key: "not", label: t("live.setNotReady"), onClick: () => void ask({ kind: "not_ready", reason: null }) },
          { key: "out", label: t("seat.leave"), danger: true, onClick: () => void ask({ kind: "sign_out" }) },
        ],
      }}
    >
      <Button size="small" type="text" icon={<MoreOutlined />} aria-label={t("live.seatOf", { name })} />
    </Dropdown>
  );
}

function Calls({
  calls,
  names,
  explain,
}: {
  calls: LiveCall[];
  names: LiveSnapshot;
  explain: (interaction: string) => void;
}) {
  const { t } = useTranslation();
  const tones = {
    ivr: "plain",
    waiting: "warn",
    ringing: "info",
    talking: "ok",
    held: "warn",
    transferring: "info",
    parked: "info",
    voicemail: "plain",
  } as const;
  const columns: TableColumnsType<LiveCall> = [
    {
      title: t("live.state"),
      width: 92,
      render: (_, row) => <Chip tone={tones[row.state]}>{t(`live.call.${row.state}`)}</Chip>,
    },
    {
      title: t("calls.who"),
      ellipsis: true,
      render: (_, row) => (
        <>
          <Phone number={row.caller.number} raw={row.caller.raw} withheld={row.caller.withheld} /> {row.vip && <Vip />}
        </>
      ),
    },
    {
      title: t("word.queue"),
      width: 112,
      ellipsis: true,
      render: (_, row) => (row.queue ? (names.queueNames[row.queue]?.name ?? row.queue) : (row.flow ?? "–")),
    },
    {
      title: t("role.agent"),
      width: 104,
      ellipsis: true,
      render: (_, row) => (row.agent ? (names.agentNames[row.agent]?.name ?? row.agent) : "–"),
    },
    { title: t("live.inState"), width: 68, align: "right", render: (_, row) => <Since at={row.since} /> },
    {
      title: t("live.total"),
      responsive: ["xl"],
      width: 68,
      align: "right",
      render: (_, row) => <Since at={row.began} className="soft" />,
    },
    {
      title: <span className="sr">{t("live.more")}</span>,
      width: 116,
      render: (_, row) =>
        row.state === "waiting" || row.state === "ringing" ? (
          <span className="row-do">
            <Button
              size="small"
              type="text"
              icon={<QuestionCircleOutlined />}
              data-explain={row.interaction}
              onClick={() => explain(row.interaction)}
            >
              {t("live.why")}
            </Button>
            <SendOn row={row} names={names} />
          </span>
        ) : (
          <ComeIn row={row} names={names} />
        ),
    },
  ];
  return (
    <Table<LiveCall>
      size="small"
      rowKey="interaction"
      columns={columns}
      dataSource={calls}
      pagination={false}
      locale={{ emptyText: <Nothing art="phone" title={t("live.noCalls")} hint={t("live.noCallsHint")} /> }}
    />
  );
}
