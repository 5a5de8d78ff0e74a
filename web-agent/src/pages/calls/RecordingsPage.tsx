// Every recording: search by time, customer, number, queue, agent; play without leaving the list.

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { TableColumnsType } from "antd";
import { Drawer } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Recording, type RecordingFilter, recordings } from "../../api";
import { Chip, Phone } from "../../ui/bits";
import { ChoiceFilter, FilterBar, NumberFilter, TimeFilter } from "../../ui/FilterBar";
import { bytes, clock, moment } from "../../ui/format";
import { ListPage } from "../../ui/ListPage";
import { PlayHere, RecordingChip } from "../../ui/PlayHere";
import { CustomerFilter } from "../customers/CustomerFilter";
import { CallIt } from "../desk/Dial";
import { useNarrowing } from "./narrowing";

export function RecordingsPage() {
  const { t } = useTranslation();
  const { agents, queues } = useNarrowing("recordings");
  const { customer } = useSearch({ from: "/recordings" });
  const go = useNavigate({ from: "/recordings" });
  const [some, setSome] = useState<RecordingFilter>({});
  const filter = { ...some, customer };
  const [open, setOpen] = useState<Recording | null>(null);
  const change = (more: RecordingFilter) => setSome((before) => ({ ...before, ...more }));
  const used = Object.values(filter).some((value) => value !== undefined);
  const columns = useMemo<TableColumnsType<Recording>>(
    () => [
      { title: t("calls.began"), width: 165, render: (_, row) => <span className="num">{moment(row.began)}</span> },
      {
        title: t("calls.who"),
        width: 210,
        ellipsis: true,
        render: (_, row) => (
          <span className="cell2">
            <span>{row.customer?.name ?? <Phone number={row.number} raw={row.callerRaw} />}</span>
            {row.customer && (
              <small>
                <Phone number={row.number} raw={row.callerRaw} />
              </small>
            )}
          </span>
        ),
      },
      { title: t("role.agent"), width: 120, ellipsis: true, render: (_, row) => row.agent?.name ?? "–" },
      { title: t("word.queue"), width: 130, ellipsis: true, render: (_, row) => row.queue?.name ?? "–" },
      {
        title: t("recordings.kind"),
        width: 100,
        render: (_, row) => <Chip tone={row.kind === "talk" ? "plain" : "info"}>{t(`recording.${row.kind}`)}</Chip>,
      },
      {
        title: t("recordings.length"),
        width: 90,
        align: "right",
        render: (_, row) => <span className="num">{row.state === "recording" ? "–" : clock(row.durationMs)}</span>,
      },
      {
        title: t("recordings.size"),
        width: 90,
        align: "right",
        render: (_, row) => <span className="num soft">{bytes(row.bytes)}</span>,
      },
      {
        title: t("recordings.state"),
        width: 110,
        render: (_, row) => <RecordingChip recording={row} />,
      },
    ],
    [t],
  );
  return (
    <>
      <ListPage<Recording>
        title={t("nav.recordings")}
        queryKey={["recordings", filter]}
        load={(cursor, signal) => recordings.list(filter, cursor, 100, signal)}
        columns={columns}
        minWidth={1015}
        open={setOpen}
        opened={open?.id ?? null}
        empty={{
          title: used ? t("calls.noneFiltered") : t("recordings.none"),
          hint: used ? t("calls.noneFilteredHint") : t("recordings.noneHint"),
        }}
        filters={
          <FilterBar
            used={used}
            clear={() => {
              setSome({});
              void go({ search: {} });
            }}
          >
            <TimeFilter from={filter.from} to={filter.to} change={(from, to) => change({ from, to })} />
            <CustomerFilter value={customer} change={(id) => void go({ search: { customer: id } })} />
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
          </FilterBar>
        }
      />
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size={620}
        title={open ? moment(open.began) : ""}
        destroyOnHidden
        mask={false}
      >
        {open && (
          <div className="call">
            <div className="call-head">
              <div className="grow">
                <h2>{open.customer?.name ?? t("pop.unknown")}</h2>
                <Phone number={open.number} raw={open.callerRaw} /> <CallIt number={open.number ?? open.callerRaw} />
              </div>
              <Link to="/calls" search={{ call: open.interaction }}>
                {t("recordings.toCall")}
              </Link>
            </div>
            <PlayHere key={open.id} recording={open} open />
          </div>
        )}
      </Drawer>
    </>
  );
}
