// One customer: who, how to reach them, all that happened. Two people editing at once is noticed, and nothing is lost.

import { DeleteOutlined, EditOutlined, PlusOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { App, Button, Form, Input, Popconfirm, Select, Skeleton, Switch } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ContactPoint, type Customer, type CustomerEdit, customers, type PointKind, Problem } from "../../api";
import { Chip, Face, Nothing, Panel, PermissionGate, Phone, Vip } from "../../ui/bits";
import { DetailPage } from "../../ui/DetailPage";
import { FormDrawer } from "../../ui/FormDrawer";
import { moment } from "../../ui/format";
import { saying } from "../../ui/say";
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
        <Panel title={t("side.timeline")}>
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
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const [opened] = useState(customer);
  const took = (saved: Customer) => {
    queries.setQueryData(["customer", saved.id], saved);
    void queries.invalidateQueries({ queryKey: ["customers"] });
    void message.success(t("form.saved"));
  };
  async function save(values: CustomerEdit) {
    const edit = trimmed(opened, values);
    try {
      took(await customers.save(opened.id, opened.version, edit));
    } catch (why) {
      if (!(why instanceof Problem && why.code === "version_conflict")) throw why;
      const theirs = await customers.one(opened.id);
      const keep = await modal.confirm({
        title: t("conflict.title"),
        width: 560,
        content: <Differences theirs={theirs} mine={edit} base={opened} />,
        okText: t("conflict.mine"),
        cancelText: t("conflict.theirs"),
      });
      if (keep) took(await customers.save(opened.id, theirs.version, merged(opened, theirs, edit)));
      else queries.setQueryData(["customer", theirs.id], theirs);
    }
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

/** What I changed wins; what only they changed stays theirs. */
export function merged(base: CustomerEdit, theirs: CustomerEdit, mine: CustomerEdit): CustomerEdit {
  const result: Record<string, unknown> = {};
  for (const field of kept) result[field] = mine[field] !== base[field] ? mine[field] : theirs[field];
  return result as CustomerEdit;
}

function Differences({ base, theirs, mine }: { base: CustomerEdit; theirs: CustomerEdit; mine: CustomerEdit }) {
  const { t } = useTranslation();
  const both = fields.filter((field) => theirs[field] !== base[field] || mine[field] !== base[field]);
  const show = (value: unknown) =>
    typeof value === "boolean" ? t(value ? "form.yes" : "form.no") : String(value ?? "–") || "–";
  return (
    <>
      <p>{t("conflict.hint")}</p>
      <table className="differences">
        <thead>
          <tr>
            <th>{t("conflict.field")}</th>
            <th>{t("conflict.theirsNow")}</th>
            <th>{t("conflict.mineNow")}</th>
          </tr>
        </thead>
        <tbody>
          {both.map((field) => (
            <tr key={field}>
              <th>{t(`customer.${field}`)}</th>
              <td>{show(theirs[field])}</td>
              <td>{show(mine[field])}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
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
