// All that ever happened with a customer, newest first; recordings play in place.

import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Skeleton } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { customers, type TimelineItem } from "../../api";
import { Chip, Nothing, PermissionGate, useName } from "../../ui/bits";
import { Failed } from "../../ui/Failed";
import { clock, when } from "../../ui/format";
import { PlayHere } from "../../ui/PlayHere";
import { Cause, DirectionIcon } from "../calls/words";

export function Timeline({ customer, before }: { customer: string; before?: ReactNode }) {
  const { t } = useTranslation();
  const pages = useInfiniteQuery({
    queryKey: ["interactions", "timeline", customer],
    queryFn: ({ pageParam }) => customers.timeline(customer, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  if (pages.isPending) return before ?? <Skeleton active className="pad" />;
  if (pages.isError && !pages.data) return <Failed why={pages.error} again={() => void pages.refetch()} />;
  const items = pages.data?.pages.flatMap((page) => page.items) ?? [];
  if (items.length === 0) return before ?? <Nothing title={t("timeline.none")} hint={t("timeline.noneHint")} />;
  return (
    <ol className="timeline">
      {items.map((item) => (
        <Item key={item.id} item={item} />
      ))}
      {pages.hasNextPage && (
        <li className="more">
          <Button type="text" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t("word.more")}
          </Button>
        </li>
      )}
    </ol>
  );
}

function Item({ item }: { item: TimelineItem }) {
  const name = useName();
  const row = item.interaction;
  return (
    <li className="timeline-item">
      <div className="timeline-head">
        <DirectionIcon row={row} />
        <Link to="/calls" search={{ call: row.id }}>
          <time className="num">{when(item.at)}</time>
        </Link>
        <Cause cause={row.cause} />
        {row.talkMs > 0 && <span className="num soft">{clock(row.talkMs)}</span>}
      </div>
      <div className="soft">{[row.agent?.name, row.queue?.name].filter(Boolean).join(" · ")}</div>
      {row.dispositions.length > 0 && (
        <div className="chips">
          {row.dispositions.map((one) => (
            <Chip key={one.id} tone="info">
              {name(one)}
            </Chip>
          ))}
        </div>
      )}
      {item.notes && <p className="prose">{item.notes}</p>}
      <PermissionGate need="recordings.listen">
        {item.recordings.map((recording) => (
          <PlayHere key={recording.id} recording={recording} />
        ))}
      </PermissionGate>
    </li>
  );
}
