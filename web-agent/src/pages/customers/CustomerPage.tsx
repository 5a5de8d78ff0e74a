// One customer: who, how to reach them, all that happened. Two people editing at once is noticed, and nothing is lost.

import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { App, Button, Form, Input, Popconfirm, Select, Skeleton, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ContactPoint, type Customer, type CustomerEdit, customers, type PointKind, Problem } from "../../api";
import { Chip, Face, Nothing, Panel, PermissionGate, Phone, Vip } from "../../ui/bits";
import { useSave } from "../../ui/conflict";
import { DetailPage } from "../../ui/DetailPage";
import { FormDrawer } from "../../ui/FormDrawer";
import { moment } from "../../ui/format";
import { saying } from "../../ui/say";
import { CallIt } from "../desk/Dial";
import { CustomerFields } from "./CustomerFields";
import { Timeline } from "./Timeline";

export function CustomerPage() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false }) as { id: string };
  const [editing, setEditing] = useState(false);
  const { data, error } = useQuery({ queryKey: ["customer", id], queryFn: () => customers.one(id) });
  if (error) {
    return (
      <main className="page">
        <Nothing
          art="search"
          title={error instanceof Problem && error.status === 404 ? t("customer.gone") : t("list.failed")}
          hint={saying(error)}
        />
      </main>
    );
  }
  if (!data) {
    return (
      <main className="page">
        <Skeleton active avatar />
      </main>
    );
  }
  return (
    <DetailPage
      back="/customers"
      backLabel={t("nav.customers")}
      icon={<Face name={data.name} size={52} />}
      title={
        <>
          {data.name} {data.vip && <Vip />}
        </>
      }
      facts={
        <>
          <Chip>{t(`customerKind.${data.kind}`)}</Chip>
          {data.level && <Chip>{data.level}</Chip>}
          <span className="soft">{t("customer.changed", { when: moment(data.updatedAt) })}</span>
        </>
      }
      actions={
        <PermissionGate need="customers.write">
          <Button icon={<EditOutlined />} onClick={() => setEditing(true)}>
            {t("form.edit")}
          </Button>
        </PermissionGate>
      }
    >
      <div className="customer-grid">
        <div className="customer-left">
          <Points customer={data} />
          {data.contacts.length > 0 && (
            <Panel title={t("word.contact")}>
              <ul className="points">
                {data.contacts.map((one) => (
                  <li key={one.id}>
                    <span className="grow">{one.name}</span>
                    <span className="soft">{one.role}</span>
                  </li>
                ))}
              </ul>
            </Panel>
          )}
          {data.notes && (
            <Panel title={t("customer.notes")}>
              <p className="prose pad">{data.notes}</p>
            </Panel>
          )}
        </div>
        <Panel
          title={t("side.timeline")}
          extra={
            <span className="row">
              <PermissionGate need="calls.read">
                <Link to="/calls" search={{ customer: id }}>
                  {t("nav.calls")}
                </Link>
              </PermissionGate>
              <PermissionGate need="recordings.listen">
                <Link to="/recordings" search={{ customer: id }}>
                  {t("nav.recordings")}
                </Link>
              </PermissionGate>
            </span>
          }
        >
          <Timeline customer={id} />
        </Panel>
      </div>
      {editing && <Edit customer={data} close={() => setEditing(false)} />}
    </DetailPage>
  );
}

/** Saves over the version it was opened with. On a conflict both are shown and the person decides. */
function Edit({ customer, close }: { customer: Customer; close: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const saveOver = useSave();
  const [opened] = useState(customer);
  async function save(values: CustomerEdit) {
    const done = await saveOver<Customer, CustomerEdit, Customer>({
      base: trimmed(opened, opened),
      version: opened.version,
      mine: trimmed(opened, values),
      put: (version, edit) => customers.save(opened.id, version, edit),
      theirs: () => customers.one(opened.id),
      edit: (doc) => trimmed(doc, doc),
      labels: Object.fromEntries(fields.map((field) => [field, t(`customer.${field}`)])),
      show: (value, field) => (field === "kind" ? t(`customerKind.${value as Customer["kind"]}`) : String(value)),
    });
    const now = "saved" in done ? done.saved : done.theirs;
    queries.setQueryData(["customer", now.id], now);
    void queries.invalidateQueries({ queryKey: ["customers"] });
    if ("saved" in done) void message.success(t("form.saved"));
  }
  return (
    <FormDrawer<CustomerEdit> open close={close} title={t("customer.edit")} initial={opened} save={save}>
      <CustomerFields />
    </FormDrawer>
  );
}

const fields = ["name", "kind", "level", "source", "region", "industry", "stage", "vip", "notes"] as const;
const kept = [...fields, "ownerAgent", "ownerTeam"] as const;

/** The form's words over what it was opened with; an emptied field is none. */
function trimmed(base: CustomerEdit, values: Partial<CustomerEdit>): CustomerEdit {
  const all: Record<string, unknown> = {};
  for (const field of kept) {
    const value = values[field] ?? (field in values ? null : base[field]);
    all[field] = typeof value === "string" ? value.trim() || null : value;
  }
  return all as CustomerEdit;
}

type PointValues = Pick<ContactPoint, "kind" | "value" | "label" | "sharedLine">;

function Points({ customer }: { customer: Customer }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const fresh = () => queries.invalidateQueries({ queryKey: ["customer", customer.id] });
  const remove = (point: ContactPoint) =>
    customers.removePoint(customer.id, point.id).then(
      () => void fresh(),
      (why) => void message.error(saying(why)),
    );
  return (
    <Panel
      title={t("customer.points")}
      extra={
        <PermissionGate need="customers.write">
          <Button size="small" icon={<PlusOutlined />} onClick={() => setAdding(true)}>
            {t("form.add")}
          </Button>
        </PermissionGate>
      }
    >
      <ul className="points">
        {customer.points.length === 0 && <li className="soft">{t("customer.noPoints")}</li>}
        {customer.points.map((point) => (
          <li key={point.id}>
            <span className="point-kind soft">{point.label || t(`point.${point.kind}`)}</span>
            <span className="grow">
              {point.kind === "phone" ? <Phone number={point.value} /> : point.value}{" "}
              {point.kind === "phone" && <CallIt number={point.value} />}{" "}
              {point.sharedLine && <Chip>{t("point.shared")}</Chip>}{" "}
              {point.doNotCall && <Chip tone="warn">{t("point.doNotCall")}</Chip>}
              {point.badNumber && <Chip tone="bad">{t("point.bad")}</Chip>}
            </span>
            <PermissionGate need="customers.write">
              <Popconfirm title={t("customer.removePoint")} onConfirm={() => remove(point)} okText={t("form.remove")}>
                <Button
                  size="small"
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("form.removeOne", { name: point.value })}
                />
              </Popconfirm>
            </PermissionGate>
          </li>
        ))}
      </ul>
      <FormDrawer<PointValues>
        open={adding}
        close={() => setAdding(false)}
        title={t("customer.addPoint")}
        width={400}
        initial={{ kind: "phone", value: "", label: "", sharedLine: false }}
        save={async (values) => {
          await customers.addPoint(customer.id, values);
          await fresh();
        }}
      >
        <Form.Item name="kind" label={t("customer.kind")}>
          <Select
            options={(["phone", "email", "chat", "address", "web"] as PointKind[]).map((kind) => ({
              value: kind,
              label: t(`point.${kind}`),
            }))}
          />
        </Form.Item>
        <Form.Item
          name="value"
          label={t("customer.value")}
          rules={[{ required: true, whitespace: true, message: t("form.required") }]}
        >
          <Input autoFocus maxLength={200} />
        </Form.Item>
        <Form.Item name="label" label={t("customer.label")}>
          <Input maxLength={40} />
        </Form.Item>
        <Form.Item name="sharedLine" label={t("point.shared")} extra={t("customer.sharedHint")} valuePropName="checked">
          <Switch />
        </Form.Item>
      </FormDrawer>
    </Panel>
  );
}
