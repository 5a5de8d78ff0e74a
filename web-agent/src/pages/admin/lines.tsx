// Trunks and stations: where calls come from and what agents talk on.

import { useTranslation } from "react-i18next";
import { type AdminStation, type AdminTrunk, admin, type Edit } from "../../api";
import { Chip } from "../../ui/bits";
import { Count, Password, Pick, Text, Toggle, Words } from "./parts";
import { Things, useThings } from "./Things";

const blankTrunk: Edit<AdminTrunk> = {
  name: "",
  from: [],
  digestUser: null,
  to: [],
  tcp: false,
  trusted: false,
  country: "",
  maxCalls: 0,
  callerId: "",
  prefixes: [],
};

export function TrunksSection() {
  const { t } = useTranslation();
  return (
    <Things<AdminTrunk>
      api={admin.trunks}
      word="trunks"
      labels={{
        name: t("customer.name"),
        from: t("trunk.from"),
        digestUser: t("trunk.digestUser"),
        to: t("trunk.to"),
        tcp: t("trunk.tcp"),
        trusted: t("trunk.trusted"),
        maxCalls: t("trunk.maxCalls"),
        country: t("company.country"),
        callerId: t("trunk.callerId"),
        prefixes: t("trunk.prefixes"),
      }}
      name={(one) => one.name}
      blank={blankTrunk}
      width={520}
      hint={t("admin.trunksHint")}
      columns={[
        { title: t("customer.name"), render: (_, one) => <b>{one.name}</b> },
        {
          title: t("trunk.from"),
          render: (_, one) => (
            <span className="mono">
              {[...one.from, ...(one.digestUser ? [`@${one.digestUser}`] : [])].join(", ") || "–"}
            </span>
          ),
        },
        {
          title: t("trunk.to"),
          render: (_, one) => (
            <span className="mono">
              {one.to.length > 0 ? `${one.to.join(", ")} ${one.tcp ? "TCP" : "UDP"}` : t("trunk.inboundOnly")}
            </span>
          ),
        },
        {
          title: t("trunk.maxCalls"),
          align: "right",
          render: (_, one) => <span className="num">{one.maxCalls || "∞"}</span>,
        },
        {
          title: t("trunk.trusted"),
          render: (_, one) => (
            <Chip tone={one.trusted ? "ok" : "plain"}>{t(one.trusted ? "form.yes" : "form.no")}</Chip>
          ),
        },
      ]}
      fields={(one) => (
        <>
          <Text name="name" label={t("customer.name")} required />
          <Words name="from" label={t("trunk.from")} hint={t("trunk.fromHint")} placeholder="203.0.113.0/28" />
          <div className="two">
            <Text name="digestUser" label={t("trunk.digestUser")} hint={t("trunk.digestHint")} />
            <Password hint={one ? t("admin.passwordKeep") : ""} />
          </div>
          <Words name="to" label={t("trunk.to")} hint={t("trunk.toHint")} placeholder="203.0.113.1:5060" />
          <Toggle name="tcp" label={t("trunk.tcp")} />
          <Toggle name="trusted" label={t("trunk.trusted")} hint={t("trunk.trustedHint")} />
          <div className="two">
            <Count name="maxCalls" label={t("trunk.maxCalls")} hint={t("queue.zeroNone")} />
            <Text name="country" label={t("company.country")} hint={t("trunk.countryHint")} placeholder="CN" max={2} />
          </div>
          <Text name="callerId" label={t("trunk.callerId")} placeholder="+862155550000" />
          <Words name="prefixes" label={t("trunk.prefixes")} hint={t("trunk.prefixesHint")} placeholder="+86" />
        </>
      )}
    />
  );
}

export function StationsSection() {
  const { t } = useTranslation();
  const agents = useThings(admin.agents);
  const owner = (id: string) => agents.data?.find((one) => one.station === id)?.name ?? "–";
  return (
    <Things<AdminStation>
      api={admin.stations}
      word="stations"
      labels={{
        username: t("station.user"),
        answerBy: t("station.answerBy"),
        digest: t("station.digest"),
        note: t("customer.notes"),
      }}
      name={(one) => one.username}
      blank={{ username: "", answerBy: "phone", digest: "both", note: "" }}
      hint={t("admin.stationsHint")}
      columns={[
        { title: t("station.user"), render: (_, one) => <b className="num">{one.username}</b> },
        { title: t("role.agent"), render: (_, one) => owner(one.id) },
        { title: t("station.answerBy"), render: (_, one) => t(`answerBy.${one.answerBy}`) },
        {
          title: t("admin.state"),
          render: (_, one) =>
            one.health === undefined ? (
              "–"
            ) : (
              <Chip tone={one.health === "ok" ? "ok" : "warn"}>{t(`station.${one.health}`)}</Chip>
            ),
        },
        {
          title: t("station.device"),
          render: (_, one) => (
            <span className="cell2">
              <span>{one.userAgent ?? "–"}</span>
              <small className="mono">{one.address}</small>
            </span>
          ),
        },
        { title: t("customer.notes"), render: (_, one) => <span className="soft">{one.note}</span> },
      ]}
      fields={(one) => (
        <>
          <Text name="username" label={t("station.user")} required hint={t("station.userHint")} />
          <Password hint={one ? t("admin.passwordKeep") : ""} />
          <Pick
            name="answerBy"
            label={t("station.answerBy")}
            clear={false}
            hint={t("station.answerByHint")}
            options={(["phone", "talk_event", "auto_answer"] as const).map((value) => ({
              value,
              label: t(`answerBy.${value}`),
            }))}
          />
          <Pick
            name="digest"
            label={t("station.digest")}
            clear={false}
            hint={t("station.digestHint")}
            options={(["both", "sha256", "md5"] as const).map((value) => ({
              value,
              label: t(`digestBy.${value}`),
            }))}
          />
          <Text name="note" label={t("customer.notes")} />
        </>
      )}
    />
  );
}
