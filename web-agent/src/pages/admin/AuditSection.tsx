// Who saw or changed what. Read only, and chained so that a missing line shows.

import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AuditRow, admin } from "../../api";
import { ChoiceFilter, FilterBar, TextFilter, TimeFilter } from "../../ui/FilterBar";
import { moment } from "../../ui/format";
import { ListPage } from "../../ui/ListPage";
import { useThings } from "./Things";

type Filter = { from?: number; to?: number; action?: string; actor?: string };

export function AuditSection() {
  const { t } = useTranslation();
  const agents = useThings(admin.agents);
  const [filter, setFilter] = useState<Filter>({});
  const change = (some: Filter) => setFilter((before) => ({ ...before, ...some }));
  const name = (id: string | null) =>
    id ? (agents.data?.find((one) => one.id === id)?.name ?? id) : t("audit.nobody");
  return (
    <ListPage<AuditRow>
      title={t("admin.audit")}
      queryKey={["admin", "audit", filter]}
      load={(cursor, signal) => admin.audit(filter, cursor, signal)}
      minWidth={900}
      rowHeight={40}
      empty={{ title: t("audit.none") }}
      columns={[
        { title: t("audit.at"), width: 165, render: (_, row) => <span className="num">{moment(row.at)}</span> },
        { title: t("audit.who"), width: 130, ellipsis: true, render: (_, row) => name(row.actor) },
        {
          title: t("audit.action"),
          width: 190,
          ellipsis: true,
          render: (_, row) => <span className="mono">{row.action}</span>,
        },
        {
          title: t("audit.object"),
          width: 190,
          ellipsis: true,
          render: (_, row) => <span className="mono">{row.object}</span>,
        },
        { title: t("audit.detail"), ellipsis: true, render: (_, row) => row.detail },
        { title: t("audit.address"), width: 130, render: (_, row) => <span className="mono soft">{row.address}</span> },
      ]}
      filters={
        <FilterBar used={Object.values(filter).some((value) => value !== undefined)} clear={() => setFilter({})}>
          <TimeFilter from={filter.from} to={filter.to} change={(from, to) => change({ from, to })} />
          <ChoiceFilter
            label={t("audit.who")}
            value={filter.actor}
            change={(actor) => change({ actor })}
            options={(agents.data ?? []).map((one) => ({ value: one.id, label: one.name }))}
          />
          <TextFilter
            label={t("audit.action")}
            value={filter.action ?? ""}
            change={(action) => change({ action: action || undefined })}
          />
        </FilterBar>
      }
    />
  );
}
