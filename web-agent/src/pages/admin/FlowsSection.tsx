import { PlusOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { App, Button, Input, Modal, Table } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AdminFlow, admin } from "../../api";
import { Nothing, Panel, PermissionGate } from "../../ui/bits";
import { moment } from "../../ui/format";
import { saying } from "../../ui/say";
import { adminKey, useThings } from "./Things";

export function FlowsSection() {
  const { t } = useTranslation();
  const go = useNavigate();
  const { message } = App.useApp();
  const flows = useQuery({ queryKey: adminKey("flows"), queryFn: admin.flows.list });
  const numbers = useThings(admin.numbers);
  const agents = useThings(admin.agents);
  const [naming, setNaming] = useState<string | null>(null);
  const open = (name: string) => void go({ to: "/admin/flows/$name", params: { name } });
  const name = naming?.trim() ?? "";
  const create = () => {
    if (!/^[\p{L}\p{N}_-]{1,60}$/u.test(name)) return void message.error(t("flow.badName"));
    setNaming(null);
    open(name);
  };
  return (
    <main className="page">
      <header className="page-head">
        <div className="grow">
          <h1>{t("admin.flows")}</h1>
          <p>{t("admin.flowsHint")}</p>
        </div>
        <PermissionGate need="admin.write">
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setNaming("")}>
            {t("form.add")}
          </Button>
        </PermissionGate>
      </header>
      <Panel className="admin-table">
        <Table<AdminFlow>
          size="middle"
          rowKey="name"
          dataSource={flows.data?.items ?? []}
          loading={flows.isPending}
          pagination={false}
          rowClassName="pointer"
          onRow={(one) => ({
            onClick: () => open(one.name),
            tabIndex: 0,
            onKeyDown: (event) => event.key === "Enter" && open(one.name),
          })}
          locale={{
            emptyText: flows.isError ? (
              <Nothing title={t("list.failed")} hint={saying(flows.error)} />
            ) : flows.isPending ? (
              <span />
            ) : (
              <Nothing title={t("admin.none")} hint={t("admin.flowsHint")} />
            ),
          }}
          columns={[
            { title: t("customer.name"), render: (_, one) => <b>{one.name}</b> },
            {
              title: t("flow.version"),
              align: "right",
              width: 90,
              render: (_, one) => <span className="num">{one.version}</span>,
            },
            {
              title: t("flow.numbers"),
              render: (_, one) =>
                numbers.data
                  ?.filter((each) => each.flow === one.name)
                  .map((each) => each.pattern)
                  .join(", ") || <span className="soft">{t("flow.noNumbers")}</span>,
            },
            {
              title: t("flow.changed"),
              width: 180,
              render: (_, one) => <span className="num soft">{moment(one.updatedAt)}</span>,
            },
            {
              title: t("flow.by"),
              width: 140,
              render: (_, one) => agents.data?.find((each) => each.id === one.updatedBy)?.name ?? "–",
            },
          ]}
        />
      </Panel>
      <Modal
        open={naming !== null}
        onCancel={() => setNaming(null)}
        onOk={create}
        title={t("flow.new")}
        okButtonProps={{ disabled: !name }}
        destroyOnHidden
      >
        <Input
          autoFocus
          value={naming ?? ""}
          placeholder={t("flow.newHint")}
          aria-label={t("customer.name")}
          onChange={(event) => setNaming(event.target.value)}
          onPressEnter={create}
        />
      </Modal>
    </main>
  );
}
