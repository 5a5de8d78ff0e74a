import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Alert, App, Button, Form, Input, Skeleton } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { admin, type Company, Problem } from "../../api";
import { meKey } from "../../app/session";
import { Panel, PermissionGate } from "../../ui/bits";
import { useSave } from "../../ui/conflict";
import { Failed } from "../../ui/Failed";
import { fault, saying } from "../../ui/say";
import { Pick as Choice, Count, Text, Toggle, Words } from "./parts";
import { currentOf, useShown } from "./shown";

export function CompanySection() {
  const { t } = useTranslation();
  const company = useQuery({ queryKey: ["admin", "company"], queryFn: admin.company.get });
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("admin.company")}</h1>
      </header>
      <Panel className="narrow">
        {company.data ? (
          <>
            <CompanyForm key={company.data.version} company={company.data} />
            <MakeKey />
          </>
        ) : company.isError ? (
          <Failed why={company.error} again={() => void company.refetch()} />
        ) : (
          <Skeleton active className="pad" />
        )}
      </Panel>
    </main>
  );
}

const settings = [
  "name",
  "zone",
  "country",
  "areaCode",
  "language",
  "listeningShown",
  "listeningTone",
  "browserPhones",
  "parkSeconds",
  "webCalls",
  "relay",
] as const;
type Settings = Pick<Company, (typeof settings)[number]>;
const settingsOf = (company: Company): Settings => ({
  name: company.name,
  zone: company.zone,
  country: company.country,
  areaCode: company.areaCode,
  language: company.language,
  listeningShown: company.listeningShown,
  listeningTone: company.listeningTone,
  browserPhones: company.browserPhones,
  parkSeconds: company.parkSeconds,
  webCalls: company.webCalls,
  relay: company.relay,
});

/** `webCalls.numbers[2]` is the field of the numbers. */
const pathOf = (field: string): unknown => field.replace(/\[\d+\]$/, "").split(".");

/** Keys that sign who a visitor is: made here, told once. */
function MakeKey() {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const queries = useQueryClient();
  async function make() {
    try {
      const key = await admin.company.makeKey();
      modal.success({
        title: t("company.webKeyOnce"),
        width: 640,
        content: (
          <dl className="web-key">
            <dt>{t("company.webKeyId")}</dt>
            <dd>
              <code>{key.id}</code>
            </dd>
            <dt>{t("company.webKeySecret")}</dt>
            <dd>
              <code>{key.secret}</code>
            </dd>
          </dl>
        ),
      });
      void queries.invalidateQueries({ queryKey: ["admin", "company"] });
    } catch (why) {
      void message.error(saying(why));
    }
  }
  return (
    <PermissionGate need="admin.write">
      <p className="soft">{t("company.webKeyHint")}</p>
      <Button onClick={() => void make()}>{t("company.webKeyMake")}</Button>
    </PermissionGate>
  );
}

function CompanyForm({ company }: { company: Company }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Company>();
  const [failed, setFailed] = useState<string | null>(null);
  const saveOver = useSave();
  const { show, by } = useShown();
  async function save(values: Company) {
    setFailed(null);
    try {
      const done = await saveOver<Company, Settings, Company>({
        base: settingsOf(company),
        version: company.version,
        mine: settingsOf({ ...company, ...values }),
        put: (version, edit) => admin.company.save({ ...edit, version }),
        theirs: async (why) => currentOf<Company>(why),
        edit: settingsOf,
        labels: Object.fromEntries(settings.map((field) => [field, t(`company.${field}`)])),
        show,
        by: (doc) => by(doc.updatedBy),
      });
      queries.setQueryData(["admin", "company"], "saved" in done ? done.saved : done.theirs);
      // The zone that moments are shown in came with the session.
      void queries.invalidateQueries({ queryKey: meKey });
      if ("saved" in done) void message.success(t("form.saved"));
    } catch (why) {
      if (why instanceof Problem)
        form.setFields(why.errors.map((one) => ({ name: pathOf(one.field) as keyof Company, errors: [fault(one)] })));
      setFailed(saying(why));
    }
  }
  return (
    <Form form={form} layout="vertical" initialValues={company} onFinish={save} className="settings">
      {failed && <Alert type="error" showIcon title={failed} className="gap-b" />}
      <Text name="name" label={t("company.name")} required />
      <div className="two">
        <Text name="zone" label={t("company.zone")} required hint={t("company.zoneHint")} placeholder="Asia/Shanghai" />
        <Choice
          name="language"
          label={t("company.language")}
          clear={false}
          options={[
            { value: "zh-CN", label: "中文" },
            { value: "en", label: "English" },
          ]}
        />
        <Text
          name="country"
          label={t("company.country")}
          required
          hint={t("company.countryHint")}
          placeholder="CN"
          max={2}
        />
        <Text name="areaCode" label={t("company.areaCode")} hint={t("company.areaCodeHint")} placeholder="21" max={6} />
      </div>
      <Toggle name="listeningShown" label={t("company.listeningShown")} />
      <Toggle name="listeningTone" label={t("company.listeningTone")} />
      <Toggle name="browserPhones" label={t("company.browserPhones")} />
      <Count
        name="parkSeconds"
        label={t("company.parkSeconds")}
        unit={t("admin.seconds")}
        min={10}
        max={3600}
        hint={t("company.parkSecondsHint")}
      />
      <h2>{t("company.webCalls")}</h2>
      <Toggle name={["webCalls", "on"]} label={t("company.webOn")} />
      <Words name={["webCalls", "numbers"]} label={t("company.webNumbers")} hint={t("company.webNumbersHint")} />
      <Words
        name={["webCalls", "origins"]}
        label={t("company.webOrigins")}
        hint={t("company.webOriginsHint")}
        placeholder="https://www.example.com"
      />
      <div className="two">
        <Count name={["webCalls", "atOnce"]} label={t("company.webAtOnce")} min={1} max={1000} />
        <Count name={["webCalls", "perAddress"]} label={t("company.webPerAddress")} min={1} max={100} />
        <Count name={["webCalls", "perHour"]} label={t("company.webPerHour")} min={1} max={1000} />
      </div>
      <Words name={["webCalls", "keys"]} label={t("company.webKeys")} hint={t("company.webKeysHint")} />
      <h2>{t("company.relay")}</h2>
      <Words
        name={["relay", "urls"]}
        label={t("company.relayUrls")}
        hint={t("company.relayUrlsHint")}
        placeholder="turn:turn.example.com:3478?transport=udp"
      />
      <Form.Item name={["relay", "password"]} label={t("company.relaySecret")} extra={t("company.relaySecretHint")}>
        <Input.Password autoComplete="new-password" maxLength={200} />
      </Form.Item>
      <Toggle name={["relay", "only"]} label={t("company.relayOnly")} />
      <PermissionGate need="admin.write">
        <Button type="primary" htmlType="submit">
          {t("form.save")}
        </Button>
      </PermissionGate>
    </Form>
  );
}
