// One kind of document: a table with a search, a drawer to add or change, a removal that asks first.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Table, type TableColumnsType } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Things as Api, Edit, Kept } from "../../api";
import { useMay } from "../../app/session";
import { Nothing, Panel, PermissionGate } from "../../ui/bits";
import { FormDrawer } from "../../ui/FormDrawer";
import { saying } from "../../ui/say";

type Props<T extends Kept> = {
  api: Api<T>;
  /** The catalogue's word under `admin.`. */
  word: string;
  columns: TableColumnsType<T>;
  /** How one is called, in titles and for the search. */
  name: (thing: T) => string;
  blank: Edit<T>;
  fields: (thing: T | null) => ReactNode;
  width?: number;
  hint?: string;
  /** What may not be removed. */
  fixed?: (thing: T) => boolean;
};

export const adminKey = (name: string) => ["admin", name];
export function useThings<T extends Kept>(api: Api<T>) {
  return useQuery({ queryKey: adminKey(api.name), queryFn: () => everyPage(api), staleTime: 10_000 });
}
const MOST_PAGES = 50;
async function everyPage<T extends Kept>(api: Api<T>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next }: { items: T[]; next: string | null } = await api.list(cursor);
    all.push(...items);
    if (!next) break;
    cursor = next;
  }
  return all;
}

/** What is written: the fields of a blank one, and a password only where one was typed. */
export function written<T extends Kept>(blank: Edit<T>, values: Record<string, unknown>): Edit<T> {
  const edit: Record<string, unknown> = {};
  for (const [key, otherwise] of Object.entries(blank)) {
    const value = values[key] ?? otherwise;
    edit[key] = Array.isArray(value) ? value.filter((one) => one !== "") : value;
  }
  if (values.password) edit.password = values.password;
  return edit as Edit<T>;
}

export function Things<T extends Kept>({ api, word, columns, name, blank, fields, width, hint, fixed }: Props<T>) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const may = useMay();
  const queries = useQueryClient();
  const things = useThings(api);
  const [typed, setTyped] = useState("");
  const [edited, setEdited] = useState<T | "new" | null>(null);
  const wanted = typed.trim().toLowerCase();
  const rows = (things.data ?? []).filter((one) => !wanted || name(one).toLowerCase().includes(wanted));
  const writes = may("admin.write");
  const thing = edited === "new" ? null : edited;

  const open = (one: T) => writes && setEdited(one);
  async function fresh() {
    await queries.invalidateQueries({ queryKey: adminKey(api.name) });
    // The desk shows queues, reasons and agents as well.
    void queries.invalidateQueries({ queryKey: ["desk", "setup"] });
  }
  async function save(values: Record<string, unknown>) {
    const edit = written<T>(blank, values);
    const saved = await (thing ? api.save(thing.id, thing.version, edit) : api.add(edit));
    await fresh();
    const broken = (saved.flowFaults ?? []).map((one) => one.flow);
    if (broken.length > 0) void message.warning(t("admin.flowFaults", { flows: broken.join("、") }));
    else void message.success(t("form.saved"));
  }
  function remove(one: T) {
    void modal.confirm({
      title: t("admin.removeAsk", { name: name(one) }),
      content: t("admin.removeHint"),
      okText: t("form.remove"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await api.remove(one.id, one.version);
          setEdited(null);
          await fresh();
        } catch (why) {
          void message.error(saying(why));
        }
      },
    });
  }

  return (
    <main className="page">
      <header className="page-head">
        <div className="grow">
          <h1>{t(`admin.${word}`)}</h1>
          {hint && <p>{hint}</p>}
        </div>
        <Input.Search
          allowClear
          placeholder={t("admin.find")}
          aria-label={t("admin.find")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="admin-find"
        />
        <PermissionGate need="admin.write">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited("new")}>
            {t("form.add")}
          </Button>
        </PermissionGate>
      </header>
      <Panel className="admin-table">
        <Table<T>
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={rows}
          loading={things.isPending}
          pagination={{ pageSize: 50, hideOnSinglePage: true, showSizeChanger: false }}
          scroll={{ x: "max-content" }}
          rowClassName={writes ? "pointer" : ""}
          onRow={(one) => ({
            onClick: () => open(one),
            tabIndex: writes ? 0 : undefined,
            onKeyDown: (event) => event.key === "Enter" && event.target === event.currentTarget && open(one),
          })}
          locale={{
            emptyText: things.isError ? (
              <Nothing title={t("list.failed")} hint={saying(things.error)} />
            ) : things.isPending ? (
              <span />
            ) : (
              <Nothing title={wanted ? t("word.nothing") : t("admin.none")} hint={wanted ? undefined : hint} />
            ),
          }}
        />
      </Panel>
      {edited !== null && (
        <FormDrawer<Record<string, unknown>>
          key={thing?.id ?? "new"}
          open
          close={() => setEdited(null)}
          width={width}
          title={thing ? name(thing) : t("admin.new", { what: t(`admin.one.${word}`) })}
          initial={{ ...(thing ?? blank) }}
          save={save}
          extra={
            thing &&
            !fixed?.(thing) && (
              <Button danger type="text" icon={<DeleteOutlined />} onClick={() => remove(thing)}>
                {t("form.remove")}
              </Button>
            )
          }
        >
          {fields(thing)}
        </FormDrawer>
      )}
    </main>
  );
}
