// Every call, newest first: filter, scroll, open one to see its segments and hear it.

import { AudioOutlined } from "@ant-design/icons";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { TableColumnsType } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CallFilter, type InteractionRow, interactions } from "../../api";
import { Phone, useList, useName, Vip } from "../../ui/bits";
import { ChoiceFilter, FilterBar, NumberFilter, TimeFilter } from "../../ui/FilterBar";
import { clock, moment } from "../../ui/format";
import { ListPage } from "../../ui/ListPage";
import { CustomerFilter } from "../customers/CustomerFilter";
import { CallDrawer } from "./CallDrawer";
import { useNarrowing } from "./narrowing";
import { useTags } from "./Tags";
import { Cause, causes, DirectionIcon } from "./words";

const PAGE = 100;

export function CallsPage() {
  const { t } = useTranslation();
  const { call, customer } = useSearch({ from: "/calls" });
  const go = useNavigate({ from: "/calls" });
  const { agents, queues } = useNarrowing("calls");
  const tags = useTags().data ?? [];
  const [filter, setFilter] = useState<CallFilter>({});
  const columns = useColumns();
  const whole = { ...filter, customer };
  const change = (some: CallFilter) => setFilter((before) => ({ ...before, ...some }));
  const used = Object.values(whole).some((value) => value !== undefined && value !== "");
  const show = (id: string | undefined) => void go({ search: (before) => ({ ...before, call: id }) });

  return (
    <>
      <ListPage<InteractionRow>
        title={t("nav.calls")}
        queryKey={["interactions", "list", whole]}
        load={(cursor, signal) => interactions.list(whole, cursor, PAGE, signal)}
        columns={columns}
        minWidth={1160}
        open={(row) => show(row.id)}
        opened={call ?? null}
        empty={{
          title: used ? t("calls.noneFiltered") : t("calls.none"),
          hint: used ? t("calls.noneFilteredHint") : t("calls.noneHint"),
        }}
        filters={
          <FilterBar
            used={used}
            clear={() => {
              setFilter({});
              void go({ search: {} });
            }}
          >
            <TimeFilter from={filter.from} to={filter.to} change={(from, to) => change({ from, to })} />
            <CustomerFilter
              value={customer}
              change={(id) => void go({ search: (before) => ({ ...before, customer: id }) })}
            />
            <NumberFilter value={filter.number ?? ""} change={(number) => change({ number: number || undefined })} />
            <ChoiceFilter
              label={t("word.queue")}
              value={filter.queue}
              change={(queue) => change({ queue })}
              options={queues}
            />
            {agents.length > 0 && (
              <ChoiceFilter
                label={t("role.agent")}
                value={filter.agent}
                change={(agent) => change({ agent })}
                options={agents}
              />
            )}
            <ChoiceFilter
              label={t("filter.direction")}
              width={110}
              value={filter.direction}
              change={(direction) => change({ direction })}
              options={(["inbound", "outbound", "internal"] as const).map((value) => ({
                value,
                label: t(`direction.${value}`),
              }))}
            />
            <ChoiceFilter
              label={t("filter.cause")}
              width={130}
              value={filter.cause}
              change={(cause) => change({ cause })}
              options={causes.map((value) => ({ value, label: t(`cause.${value}`) }))}
            />
            {tags.length > 0 && (
              <ChoiceFilter
                label={t("tags.title")}
                width={130}
                value={filter.tag}
                change={(tag) => change({ tag })}
                options={tags.map((value) => ({ value, label: value }))}
              />
            )}
            <ChoiceFilter
              label={t("filter.recorded")}
              width={110}
              value={filter.recorded === undefined ? undefined : String(filter.recorded)}
              change={(value) => change({ recorded: value === undefined ? undefined : value === "true" })}
              options={[
                { value: "true", label: t("filter.withRecording") },
                { value: "false", label: t("filter.withoutRecording") },
              ]}
            />
          </FilterBar>
        }
      />
      <CallDrawer id={call ?? null} close={() => show(undefined)} />
    </>
  );
}

function useColumns(): TableColumnsType<InteractionRow> {
  const { t } = useTranslation();
  const name = useName();
  const list = useList();
  return useMemo(
    () => [
      {
        title: t("calls.began"),
        width: 172,
        render: (_, row) => (
          <span className="num">
            <DirectionIcon row={row} /> {moment(row.began)}
          </span>
        ),
      },
      {
        title: t("calls.who"),
        width: 220,
        ellipsis: true,
        render: (_, row) => (
          <span className="cell2">
            <span>
              {row.customer?.name ?? <Phone number={row.number} raw={row.callerRaw} withheld={row.withheld} />}{" "}
              {row.vip && <Vip />}
            </span>
            {row.customer && (
              <small>
                <Phone number={row.number} raw={row.callerRaw} withheld={row.withheld} />
              </small>
            )}
          </span>
        ),
      },
      { title: t("word.queue"), width: 130, ellipsis: true, render: (_, row) => row.queue?.name ?? "–" },
      { title: t("role.agent"), width: 120, ellipsis: true, render: (_, row) => row.agent?.name ?? "–" },
      {
        title: t("calls.wait"),
        width: 76,
        align: "right",
        render: (_, row) => <span className="num">{clock(row.waitMs)}</span>,
      },
      {
        title: t("calls.talk"),
        width: 84,
        align: "right",
        render: (_, row) => <span className="num">{row.talkMs ? clock(row.talkMs) : "–"}</span>,
      },
      { title: t("filter.cause"), width: 118, render: (_, row) => <Cause cause={row.cause} /> },
      {
        title: t("calls.disposition"),
        width: 150,
        ellipsis: true,
        render: (_, row) => (
          <span className="cell2">
            <span>{list(row.dispositions.map(name)) || <span className="soft">–</span>}</span>
            {row.tags.length > 0 && <small>{row.tags.map((tag) => `#${tag}`).join(" ")}</small>}
          </span>
        ),
      },
      {
        title: t("filter.recorded"),
        width: 92,
        align: "center",
        render: (_, row) => row.recorded && <AudioOutlined aria-label={t("filter.withRecording")} />,
      },
    ],
    [t, name, list],
  );
}
