// The choices above the lists of calls and recordings. Which there are, the server says: nobody is offered a name that
// the list would refuse.

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { type Filters, type Id, interactions } from "../../api";
import type { Choice } from "../../ui/FilterBar";

export const filtersKey = ["filters"];

/** Agents under their team; who left last. One agent alone is no choice. */
export function agentChoices(
  filters: Filters,
  list: "calls" | "recordings",
  words: { left: string; noTeam: string },
): Choice<Id>[] {
  const agents = filters.agents.filter((one) => one[list]);
  if (agents.length < 2) return [];
  const groups = new Map<string, { value: Id; label: string }[]>();
  for (const one of agents) {
    const group = one.active ? (one.team?.name ?? words.noTeam) : words.left;
    groups.set(group, [...(groups.get(group) ?? []), { value: one.id, label: one.name }]);
  }
  const last = (group: string) => (group === words.left ? 2 : group === words.noTeam ? 1 : 0);
  const order = [...groups].sort(([a], [b]) => last(a) - last(b) || a.localeCompare(b));
  return order.map(([label, options]) => ({ label, options }));
}

export function useNarrowing(list: "calls" | "recordings"): { agents: Choice<Id>[]; queues: Choice<Id>[] } {
  const { t } = useTranslation();
  const { data } = useQuery({ queryKey: filtersKey, queryFn: interactions.filters, staleTime: 60_000 });
  return useMemo(() => {
    if (!data) return { agents: [], queues: [] };
    const words = { left: t("admin.inactive"), noTeam: t("filter.noTeam") };
    return {
      agents: agentChoices(data, list, words),
      queues: data.queues.map((one) => ({ value: one.id, label: one.name })),
    };
  }, [data, list, t]);
}
