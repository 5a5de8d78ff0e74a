// One call as the customer lived it: segments on a line, recordings, what was said and done.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Descriptions, Drawer, Skeleton, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { type InteractionDetail, interactions, Problem, type Segment } from "../../api";
import { useMay } from "../../app/session";
import type { Event } from "../../contract.gen";
import { Chip, Nothing, Phone, useName, Vip } from "../../ui/bits";
import { clock, moment, time } from "../../ui/format";
import { PlayHere } from "../../ui/PlayHere";
import { saying } from "../../ui/say";
import { CallIt } from "../desk/Dial";
import { OwnWork } from "./OwnWork";
import { TagsField } from "./Tags";
import { Cause } from "./words";

export function CallDrawer({ id, close }: { id: string | null; close: () => void }) {
  const { t } = useTranslation();
  const call = useQuery({
    queryKey: ["interactions", "one", id],
    queryFn: () => interactions.one(id ?? ""),
    enabled: id !== null,
    staleTime: 0,
    // A call in progress grows while one looks at it.
    refetchInterval: (query) => (query.state.data && query.state.data.ended === null ? 2000 : false),
  });
  return (
    <Drawer open={id !== null} onClose={close} size={640} title={t("call.title")} destroyOnHidden>
      {call.isError ? (
        <Nothing
          title={call.error instanceof Problem && call.error.status === 404 ? t("call.gone") : t("list.failed")}
          hint={saying(call.error)}
        />
      ) : call.data ? (
        <Body call={call.data} fresh={call.isFetchedAfterMount} />
      ) : (
        <Skeleton active />
      )}
    </Drawer>
  );
}

function Body({ call, fresh }: { call: InteractionDetail; fresh: boolean }) {
  const { t } = useTranslation();
  const name = useName();
  const may = useMay();
  return (
    <div className="call">
      <div className="call-head">
        <div className="grow">
          <h2>
            {call.customer ? (
              <Link to="/customers/$id" params={{ id: call.customer.id }}>
                {call.customer.name}
              </Link>
            ) : (
              t("pop.unknown")
            )}{" "}
            {call.vip && <Vip />}
          </h2>
          <Phone number={call.number} raw={call.callerRaw} withheld={call.withheld} />
          <CallIt number={call.withheld ? null : (call.number ?? call.callerRaw)} />
        </div>
        <Cause cause={call.cause} />
      </div>
      <Segments call={call} />
      {may("recordings.listen") &&
        call.recordings.map((recording) => <PlayHere key={recording.id} recording={recording} open />)}
      <TagsField id={call.id} tags={call.tags} disabled={!may("desk.use")} />
      <OwnWork key={call.id} call={call} fresh={fresh} />
      {call.recordings.some((recording) => recording.gaps.length > 0) && <p className="hint">{t("call.gaps")}</p>}
      <Tabs
        size="small"
        items={[
          {
            key: "facts",
            label: t("call.facts"),
            children: (
              <>
                <Descriptions
                  column={2}
                  size="small"
                  items={[
                    { key: "began", label: t("calls.began"), children: moment(call.began) },
                    { key: "direction", label: t("filter.direction"), children: t(`direction.${call.direction}`) },
                    { key: "dialed", label: t("word.dialed"), children: call.dialed },
                    { key: "queue", label: t("word.queue"), children: call.queue?.name ?? "–" },
                    { key: "agent", label: t("role.agent"), children: call.agent?.name ?? "–" },
                    {
                      key: "by",
                      label: t("call.hungUpBy"),
                      children: call.hungUpBy ? t(`by.${call.hungUpBy.kind}`) : "–",
                    },
                    { key: "wait", label: t("calls.wait"), children: clock(call.waitMs) },
                    { key: "talk", label: t("calls.talk"), children: clock(call.talkMs) },
                    { key: "hold", label: t("call.hold"), children: clock(call.holdMs) },
                    { key: "wrap", label: t("cardState.wrap_up"), children: clock(call.wrapMs) },
                  ]}
                />
                <h3>{t("calls.disposition")}</h3>
                <div className="chips">
                  {call.dispositions.length > 0 ? (
                    call.dispositions.map((one) => (
                      <Chip key={one.id} tone="info">
                        {name(one)}
                      </Chip>
                    ))
                  ) : (
                    <span className="soft">{t("call.noDisposition")}</span>
                  )}
                </div>
                {call.notes && <p className="prose call-notes">{call.notes}</p>}
              </>
            ),
          },
          { key: "events", label: t("call.events"), children: <Events events={call.events} /> },
        ]}
      />
    </div>
  );
}

/** Where the time went: one bar, each segment as long as it lasted. */
function Segments({ call }: { call: InteractionDetail }) {
  const { t } = useTranslation();
  if (call.segments.length === 0) return null;
  const end = Math.max(...call.segments.map((one) => one.ended ?? Date.now()));
  const whole = Math.max(1, end - call.began);
  const left = (segment: Segment) => (100 * (segment.began - call.began)) / whole;
  const wide = (segment: Segment) => Math.max(0.6, (100 * ((segment.ended ?? end) - segment.began)) / whole);
  return (
    <div className="segments">
      {call.segments.map((segment) => (
        <div key={`${segment.kind}${segment.began}${segment.ended}${segment.agent?.id}`} className="segment">
          <span className="segment-name">
            <span className={`swatch swatch-${segment.kind}`} /> {t(`segment.${segment.kind}`)}
          </span>
          <span className="segment-line">
            <span
              className={`swatch-${segment.kind}`}
              style={{ left: `${Math.min(99, left(segment))}%`, width: `${wide(segment)}%` }}
            />
          </span>
          <span className="num segment-time">{clock((segment.ended ?? end) - segment.began)}</span>
          <span className="soft segment-who">
            {[
              segment.agent?.name ?? segment.queue?.name,
              segment.outcome && t(`outcome.${segment.outcome}`, { defaultValue: segment.outcome }),
            ]
              .filter(Boolean)
              .join(" · ")}
          </span>
        </div>
      ))}
    </div>
  );
}

function Events({ events }: { events: Event[] }) {
  const { t } = useTranslation();
  return (
    <ol className="events">
      {events.map((event) => (
        <li key={`${event.node}-${event.seq}-${event.kind}`}>
          <time className="num soft">{time(event.at)}</time>
          <span>
            {t(`event.${event.kind}`, { defaultValue: event.kind })} <span className="soft">{factOf(event)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The one detail of an event worth a line. */
export function factOf(event: Event): string {
  switch (event.kind) {
    case "call_arrived":
      return event.dialed;
    case "flow_started":
      return `${event.flow} v${event.version}`;
    case "flow_step":
      return event.node;
    case "digits_collected":
      return [event.digits, event.label].filter(Boolean).join(" ");
    case "offered":
      return event.why;
    case "recording_paused":
    case "recording_gap":
      return event.reason;
    case "wrap_up_ended":
      return clock(event.tookMs);
    default:
      return "";
  }
}
