// A list that pages by cursor: filters above, a virtual table, more rows as one scrolls, J/K and Enter by keyboard.
// Ten thousand rows cost what is on the screen.

import { ReloadOutlined } from "@ant-design/icons";
import { type InfiniteData, useInfiniteQuery } from "@tanstack/react-query";
import { Button, Table, type TableColumnsType, Tooltip } from "antd";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Page } from "../api";
import { Nothing, Panel } from "./bits";
import { saying } from "./say";

type Props<T> = {
  title: ReactNode;
  /** Names the data; changes with the filters. */
  queryKey: readonly unknown[];
  load: (cursor: string | null, signal: AbortSignal) => Promise<Page<T>>;
  columns: TableColumnsType<T>;
  open?: (row: T) => void;
  opened?: string | null;
  filters?: ReactNode;
  extra?: ReactNode;
  empty: { title: string; hint?: string; action?: ReactNode };
  rowHeight?: number;
  /** Narrower than this it scrolls sideways. */
  minWidth?: number;
};

export function ListPage<T extends { id: string }>(props: Props<T>) {
  const { title, queryKey, load, columns, open, opened, filters, extra, empty, rowHeight = 53, minWidth = 900 } = props;
  const { t } = useTranslation();
  const pages = useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>>, readonly unknown[], string | null>({
    queryKey,
    queryFn: ({ pageParam, signal }) => load(pageParam, signal),
    initialPageParam: null,
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const [at, setAt] = useState<number | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const size = useSize(box);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  const more = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const scrolled = (event: React.UIEvent) => {
    const it = event.target as HTMLElement;
    if (it.scrollHeight - it.scrollTop - it.clientHeight < 20 * rowHeight) more();
  };
  const keyed = (event: React.KeyboardEvent) => {
    if ((event.target as HTMLElement).closest("input, textarea, .ant-select, .ant-drawer, .ant-picker")) return;
    const last = rows.length - 1;
    const now = at ?? -1;
    const row = rows[now];
    if (event.key === "j" || event.key === "ArrowDown") setAt(Math.min(now + 1, last));
    else if (event.key === "k" || event.key === "ArrowUp") setAt(Math.max(now - 1, 0));
    else if (event.key === "Enter" && row && open && event.target === box.current) open(row);
    else return;
    event.preventDefault();
    if (now > last - 20) more();
  };
  const selected = at === null ? null : rows[at]?.id;
  useEffect(() => {
    if (selected) box.current?.querySelector(".lit")?.scrollIntoView({ block: "nearest" });
  }, [selected]);

  return (
    <main className="page">
      <header className="page-head">
        <h1>{title}</h1>
        <span className="grow" />
        <Tooltip title={t("list.reload")}>
          <Button
            icon={<ReloadOutlined />}
            loading={pages.isRefetching}
            aria-label={t("list.reload")}
            onClick={() => void pages.refetch()}
          />
        </Tooltip>
        {extra}
      </header>
      {filters}
      <Panel className="list">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the list is walked with J and K */}
        <div ref={box} className="list-box" role="region" aria-label={t("list.label")} tabIndex={0} onKeyDown={keyed}>
          <Table<T>
            virtual
            size="middle"
            rowKey="id"
            columns={columns}
            dataSource={rows}
            pagination={false}
            loading={pages.isPending}
            scroll={{ x: Math.max(minWidth, size.width), y: Math.max(120, size.height - 40) }}
            onScroll={scrolled}
            rowClassName={(row) => (row.id === (opened ?? selected) ? "lit" : "")}
            onRow={(row, index) => ({
              onClick: () => {
                setAt(index ?? null);
                open?.(row);
              },
            })}
            locale={{
              emptyText: pages.isError ? (
                <Nothing
                  title={t("list.failed")}
                  hint={saying(pages.error)}
                  action={<Button onClick={() => void pages.refetch()}>{t("oops.again")}</Button>}
                />
              ) : pages.isPending ? (
                <span />
              ) : (
                <Nothing art="search" {...empty} />
              ),
            }}
          />
        </div>
        <footer className="list-foot">
          <span className="num">
            {hasNextPage ? t("list.shownMore", { n: rows.length }) : t("list.shown", { n: rows.length })}
          </span>
          {hasNextPage && (
            <Button size="small" type="text" loading={isFetchingNextPage} onClick={more}>
              {t("word.more")}
            </Button>
          )}
        </footer>
      </Panel>
    </main>
  );
}

/** What the last list had: the next one stands in the same place, and need not be drawn twice. */
let lastSize = { width: 0, height: 400 };

function useSize(box: React.RefObject<HTMLDivElement | null>) {
  const [size, setSize] = useState(lastSize);
  useLayoutEffect(() => {
    const it = box.current;
    if (!it) return;
    const watch = new ResizeObserver(() => {
      const now = { width: it.clientWidth, height: it.clientHeight };
      if (now.width !== lastSize.width || now.height !== lastSize.height) lastSize = now;
      setSize(lastSize);
    });
    watch.observe(it);
    return () => watch.disconnect();
  }, [box]);
  return size;
}
