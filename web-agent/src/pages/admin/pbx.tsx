// PBXs beside us: they route and carry the audio, we see what happens there and steer it.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { type AdminPbx, admin, type Edit } from "../../api";
import { Chip } from "../../ui/bits";
import { when } from "../../ui/format";
import { Password, Pick, Text, Toggle } from "./parts";
import { Things, useThings } from "./Things";

const blank: Edit<AdminPbx> = {
  name: "",
  speaks: "asterisk",
  address: "",
  tls: false,
  certificateName: "",
  user: "",
  queues: [],
  context: "",
  recordedIn: "",
  recordings: "",
  active: true,
};

/** Which of its queues are which of ours. */
function Queues() {
  const { t } = useTranslation();
  const queues = useThings(admin.queues);
  const options = (queues.data ?? []).map((one) => ({ value: one.id, label: one.name }));
  const required = [{ required: true, message: t("form.required") }];
  return (
    <Form.Item label={t("pbx.queues")} extra={t("pbx.queuesHint")}>
      <Form.List name="queues">
        {(rows, { add, remove }) => (
          <div className="skill-rows">
            {rows.map((row) => (
              <div key={row.key} className="row">
                <Form.Item name={[row.name, "name"]} noStyle rules={required}>
                  <Input
                    aria-label={t("pbx.queueThere")}
                    placeholder={t("pbx.queueThere")}
                    maxLength={80}
                    className="grow"
                  />
                </Form.Item>
                <Form.Item name={[row.name, "queue"]} noStyle rules={required}>
                  <Select
                    options={options}
                    showSearch={{ optionFilterProp: "label" }}
                    aria-label={t("word.queue")}
                    placeholder={t("word.queue")}
                    className="grow"
                  />
                </Form.Item>
                <Form.Item name={[row.name, "dialed"]} noStyle>
                  <Input aria-label={t("pbx.dialed")} placeholder={t("pbx.dialed")} maxLength={40} className="grow" />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("form.remove")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => add({ name: "", dialed: "" })}>
              {t("pbx.addQueue")}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

/** How we stand with it: connected since when, or why not. */
function LinkState({ one }: { one: AdminPbx }) {
  const { t } = useTranslation();
  const { link } = one;
  if (!link) return <Chip>{t("admin.inactive")}</Chip>;
  const tone = { connecting: "plain", reading: "plain", up: "ok", lost: "bad" } as const;
  return (
    <span className="cell2">
      <span>
        <Chip tone={tone[link.state]}>{t(`pbx.link.${link.state}`)}</Chip>{" "}
        <span className="soft num">{when(link.since)}</span>
      </span>
      {link.why && link.state !== "up" && <small>{t(`pbx.why.${link.why}`)}</small>}
      {link.state === "up" && link.version && <small className="soft">{link.version}</small>}
      {link.malformed > 0 && <small>{t("pbx.malformed", { count: link.malformed })}</small>}
    </span>
  );
}

function Fields({ one }: { one: AdminPbx | null }) {
  const { t } = useTranslation();
  const asterisk = Form.useWatch("speaks") !== "free_switch";
  const tls = Form.useWatch("tls") === true;
  return (
    <>
      <Text name="name" label={t("customer.name")} required max={60} />
      <Pick
        name="speaks"
        label={t("pbx.speaks")}
        clear={false}
        hint={t(asterisk ? "pbx.asteriskHint" : "pbx.freeSwitchHint")}
        options={(["asterisk", "free_switch"] as const).map((value) => ({ value, label: t(`pbx.${value}`) }))}
      />
      <Text
        name="address"
        label={t("pbx.address")}
        required
        max={260}
        placeholder={asterisk ? (tls ? "192.0.2.20:5039" : "192.0.2.20:5038") : "192.0.2.20:8021"}
      />
      <div className="two">
        {asterisk && <Text name="user" label={t("pbx.user")} required max={80} />}
        <Password hint={one ? t("admin.passwordKeep") : ""} required={!one} />
      </div>
      <Toggle name="tls" label={t("pbx.tls")} hint={t(tls ? "pbx.tlsHint" : "pbx.plainHint")} />
      {tls && (
        <Text
          name="certificateName"
          label={t("pbx.certificateName")}
          hint={t("pbx.certificateNameHint")}
          placeholder="pbx.example.com"
          max={255}
        />
      )}
      <Text
        name="context"
        label={t("pbx.context")}
        hint={t("pbx.contextHint")}
        required
        placeholder={asterisk ? "from-internal" : "default"}
        max={80}
      />
      <Queues />
      <Text
        name="recordedIn"
        label={t("pbx.recordedIn")}
        placeholder={asterisk ? "/var/spool/asterisk/monitor" : "/var/lib/freeswitch/recordings"}
        max={400}
      />
      <Text
        name="recordings"
        label={t("pbx.recordings")}
        hint={t("pbx.recordingsHint")}
        placeholder="/mnt/pbx/monitor"
        max={400}
      />
      <Toggle name="active" label={t("admin.active")} hint={t("pbx.activeHint")} />
    </>
  );
}

export function PbxsSection() {
  const { t } = useTranslation();
  return (
    <Things<AdminPbx>
      api={admin.pbxs}
      word="pbxs"
      labels={{
        name: t("customer.name"),
        speaks: t("pbx.speaks"),
        address: t("pbx.address"),
        tls: t("pbx.tls"),
        certificateName: t("pbx.certificateName"),
        user: t("pbx.user"),
        queues: t("pbx.queues"),
        context: t("pbx.context"),
        recordedIn: t("pbx.recordedIn"),
        recordings: t("pbx.recordings"),
        active: t("admin.active"),
      }}
      name={(one) => one.name}
      blank={blank}
      width={560}
      hint={t("admin.pbxsHint")}
      columns={[
        { title: t("customer.name"), render: (_, one) => <b>{one.name}</b> },
        { title: t("pbx.speaks"), render: (_, one) => t(`pbx.${one.speaks}`) },
        {
          title: t("pbx.address"),
          render: (_, one) => (
            <span className="mono">
              {one.address}
              {one.tls && " TLS"}
            </span>
          ),
        },
        { title: t("admin.state"), render: (_, one) => <LinkState one={one} /> },
        {
          title: t("pbx.calls"),
          align: "right",
          render: (_, one) => <span className="num">{one.link?.state === "up" ? one.link.calls : "–"}</span>,
        },
        {
          title: t("pbx.queues"),
          align: "right",
          render: (_, one) => <span className="num">{one.queues.length}</span>,
        },
      ]}
      fields={(one) => <Fields one={one} />}
    />
  );
}
