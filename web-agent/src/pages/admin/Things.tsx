// One kind of document: a table with a search, a drawer to add or change, a removal that asks first.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Input, Table, type TableColumnsType } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Things as Api, type Edit, type Edited, type Kept, Problem } from "../../api";
import { useMay } from "../../app/session";
import { Nothing, Panel, PermissionGate, useList } from "../../ui/bits";
import { useSave } from "../../ui/conflict";
import { Failed } from "../../ui/Failed";
import { FormDrawer } from "../../ui/FormDrawer";
import { saying } from "../../ui/say";
import { adminKey, useThings } from "./reading";
import { currentOf, useShown } from "./shown";

export { adminKey, useThings };

type Needed<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];
/** Each field a form shows, by its word. */
export type Labels<T extends Kept> = Record<Exclude<Needed<Edit<T>>, "builtin" | "count">, string>;

type Props<T extends Kept> = {
  api: Api<T>;
  /** The catalogue's word under `admin.`. */
  word: string;
  columns: TableColumnsType<T>;
  /** How one is called, in titles and for the search. */
  name: (thing: T) => string;
  blank: Edit<T>;
  fields: (thing: T | null) => ReactNode;
  labels: Labels<T>;
  width?: number;
  hint?: string;
  /** What may not be removed. */
  fixed?: (thing: T) => boolean;
};

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

export function Things<T extends Kept>(props: Props<T>) {
  const { api, word, columns, name, blank, fields, labels, width, hint, fixed } = props;
  const { t } = useTranslation();
  const list = useList();
  const saveOver = useSave();
  const { show, by } = useShown();
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
    // The desk and the filters above lists show queues, reasons and agents as well.
    void queries.invalidateQueries({ queryKey: ["desk", "setup"] });
    void queries.invalidateQueries({ queryKey: ["filters"] });
  }
  async function save(values: Record<string, unknown>) {
    const mine = written<T>(blank, values);
    if (!thing) return took(await api.add(mine));
    const edit = (doc: T) => written<T>(blank, doc as Record<string, unknown>);
    const done = await saveOver<T, Edit<T>, Edited<T>>({
      base: edit(thing),
      version: thing.version,
      mine,
      put: (version, all) => api.save(thing.id, version, all),
      theirs: async (why) => currentOf<T>(why),
      edit,
      labels: labels as Record<string, string>,
      show,
      by: (doc) => by(doc.updatedBy),
    });
    if ("saved" in done) await took(done.saved);
    else await fresh();
  }
  async function took(saved: Edited<T>) {
    await fresh();
    const broken = (saved.flowFaults ?? []).map((one) => one.flow);
    if (broken.length > 0) void message.warning(t("admin.flowFaults", { flows: list(broken) }));
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
          const now = why instanceof Problem ? currentOf<T>(why) : null;
          if (now) setEdited(now);
          await fresh();
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
              <Failed why={things.error} again={() => void things.refetch()} />
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
          key={thing ? `${thing.id} ${thing.version}` : "new"}
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
