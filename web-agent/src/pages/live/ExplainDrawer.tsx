// Why this caller waits: who could be rung, and what keeps each of the others.

import { CheckCircleFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Drawer, Skeleton } from "antd";
import { useTranslation } from "react-i18next";
import { type LiveSnapshot, live, Problem } from "../../api";
import { Chip, Face, Nothing } from "../../ui/bits";
import { clock } from "../../ui/format";
import { saying } from "../../ui/say";

export function ExplainDrawer({
  interaction,
  names,
  close,
}: {
  interaction: string | null;
  names: LiveSnapshot;
  close: () => void;
}) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["explain", interaction],
    queryFn: () => live.explain(interaction ?? ""),
    enabled: interaction !== null,
    refetchInterval: 2000,
    retry: false,
  });
  const name = (agent: string) => names.agentNames[agent]?.name ?? agent;
  const free = data?.agents.filter((one) => one.obstacle === null) ?? [];
  return (
    <Drawer open={interaction !== null} onClose={close} size={480} title={t("explain.title")} destroyOnHidden>
      {error ? (
        <Nothing title={error instanceof Problem && error.status === 404 ? t("explain.over") : saying(error)} />
      ) : !data ? (
        <Skeleton active />
      ) : (
        <div className="call">
          <p>
            {data.queue && <b>{names.queueNames[data.queue]?.name} </b>}
            {t("explain.where", { position: data.position ?? "–", time: clock(data.waitedMs) })}
          </p>
          <p className="explain-verdict">
            {data.ringing
              ? t("explain.ringing", { name: name(data.ringing) })
              : free[0]
                ? t("explain.next", { name: name(free[0].agent) })
                : t("explain.nobody")}
          </p>
          <ul className="agents">
            {data.agents.map((one) => (
              <li key={one.agent}>
                <Face name={name(one.agent)} size={30} />
                <span className="grow cell2">
                  <b>{name(one.agent)}</b>
                  <small>{t("explain.levels", { n: one.levels })}</small>
                </span>
                {one.obstacle ? (
                  <Chip tone={one.obstacle.kind === "skill" ? "plain" : "warn"}>
                    {t(`obstacle.${one.obstacle.kind}`)}
                  </Chip>
                ) : (
                  <Chip tone="ok" icon={<CheckCircleFilled />}>
                    {t("explain.idle", { time: clock(one.idleMs) })}
                  </Chip>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Drawer>
  );
}
