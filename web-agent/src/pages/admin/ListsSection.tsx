// Number lists: VIP, blocked, the company's own; and the numbers in them.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Drawer, Form, Input, Modal, Popconfirm, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { admin, type NumberList } from "../../api";
import { useMay } from "../../app/session";
import { Chip, Nothing, PermissionGate, Phone } from "../../ui/bits";
import { when } from "../../ui/format";
import { saying } from "../../ui/say";

const listsKey = ["admin", "lists"];

export function ListsSection() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const lists = useQuery({ queryKey: listsKey, queryFn: admin.lists.all });
  const [open, setOpen] = useState<NumberList | null>(null);
  const [naming, setNaming] = useState<string | null>(null);
  const name = (list: NumberList) => t(`list.name.${list.name}`, { defaultValue: list.name });
  async function create() {
    try {
      const made = await admin.lists.add(naming?.trim() ?? "");
      setNaming(null);
      await queries.invalidateQueries({ queryKey: listsKey });
      setOpen(made);
    } catch (why) {
      void message.error(saying(why));
    }
  }
  return (
    <main className="page">
      <header className="page-head">
        <div className="grow">
          <h1>{t("admin.lists")}</h1>
          <p>{t("admin.listsHint")}</p>
        </div>
        <PermissionGate need="admin.write">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNaming("")}>
            {t("form.add")}
          </Button>
        </PermissionGate>
      </header>
      {lists.isError && <Nothing title={t("list.failed")} hint={saying(lists.error)} />}
      {lists.isPending && <Skeleton active />}
      <div className="list-cards">
        {lists.data?.items.map((list) => (
          <button type="button" key={list.id} className="panel list-card" onClick={() => setOpen(list)}>
            <b>{name(list)}</b>
            {list.builtin ? <Chip>{t("admin.builtin")}</Chip> : <span className="soft mono">{list.name}</span>}
          </button>
        ))}
      </div>
      <Modal
        open={naming !== null}
        onCancel={() => setNaming(null)}
        onOk={() => void create()}
        okButtonProps={{ disabled: !naming?.trim() }}
        title={t("admin.new", { what: t("admin.one.lists") })}
        destroyOnHidden
      >
        <Input
          autoFocus
          maxLength={60}
          value={naming ?? ""}
          aria-label={t("customer.name")}
          onChange={(event) => setNaming(event.target.value)}
          onPressEnter={() => void create()}
        />
      </Modal>
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size={520}
        title={open ? name(open) : ""}
        destroyOnHidden
      >
        {open && <Entries list={open} removed={() => setOpen(null)} />}
      </Drawer>
    </main>
  );
}

function Entries({ list, removed }: { list: NumberList; removed: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const may = useMay();
  const queries = useQueryClient();
  const [form] = Form.useForm<{ number: string; reason?: string }>();
  const key = ["admin", "lists", list.id];
  const pages = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => admin.lists.entries(list.id, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const writes = may("admin.write");
  const doing = (what: Promise<unknown>, then: () => void = () => {}) =>
    what.then(
      () => {
        void queries.invalidateQueries({ queryKey: key });
        then();
      },
      (why) => void message.error(saying(why)),
    );
  const entries = pages.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="call">
      {writes && (
        <Form
          form={form}
          layout="inline"
          className="entry-form"
          onFinish={({ number, reason }) =>
            doing(admin.lists.addEntry(list.id, { number: number.trim(), reason: reason?.trim() ?? "" }), () =>
              form.resetFields(),
            )
          }
        >
          <Form.Item name="number" rules={[{ required: true, message: t("form.required") }]}>
            <Input placeholder={t("filter.number")} aria-label={t("filter.number")} />
          </Form.Item>
          <Form.Item name="reason" className="grow">
            <Input placeholder={t("list.reason")} aria-label={t("list.reason")} maxLength={200} />
          </Form.Item>
          <Button type="primary" htmlType="submit" icon={<PlusOutlined />}>
            {t("form.add")}
          </Button>
        </Form>
      )}
      <ul className="points">
        {entries.map((entry) => (
          <li key={entry.id}>
            <Phone number={entry.number} />
            <span className="grow soft">{entry.reason}</span>
            <span className="soft num">{entry.expiresAt ? t("list.until", { when: when(entry.expiresAt) }) : ""}</span>
            {writes && (
              <Popconfirm
                title={t("admin.removeAsk", { name: entry.value })}
                okText={t("form.remove")}
                onConfirm={() => doing(admin.lists.removeEntry(list.id, entry.id))}
              >
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={t("form.removeOne", { name: entry.value })}
                />
              </Popconfirm>
            )}
          </li>
        ))}
      </ul>
      {pages.isPending && <Skeleton active />}
      {!pages.isPending && entries.length === 0 && <Nothing title={t("list.noEntries")} />}
      {pages.hasNextPage && (
        <Button type="text" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t("word.more")}
        </Button>
      )}
      {writes && !list.builtin && (
        <Popconfirm
          title={t("admin.removeAsk", { name: list.name })}
          okText={t("form.remove")}
          onConfirm={() =>
            doing(admin.lists.remove(list.id), () => {
              void queries.invalidateQueries({ queryKey: listsKey });
              removed();
            })
          }
        >
          <Button danger type="text" icon={<DeleteOutlined />}>
            {t("list.remove")}
          </Button>
        </Popconfirm>
      )}
    </div>
  );
}
