// Trunks and stations: where calls come from and what agents talk on.

import { Collapse, Form } from "antd";
import { useTranslation } from "react-i18next";
import { type AdminStation, type AdminTrunk, admin, type Edit } from "../../api";
import { Chip } from "../../ui/bits";
import { when } from "../../ui/format";
import { Count, Password, Pick, Rewrites, Text, Toggle, Words } from "./parts";
import { Things, useThings } from "./Things";

const blankTrunk: Edit<AdminTrunk> = {
  name: "",
  from: [],
  digestUser: null,
  to: [],
  register: false,
  domain: "",
  transport: "udp",
  srtp: "over_tls",
  probeSeconds: 30,
  trusted: false,
  country: "",
  maxCalls: 0,
  callerId: "",
  shown: "own",
  identity: "from",
  prefixes: [],
  rewrites: [],
  codecs: [],
};

/** Whether audio is encrypted. */
function Encrypted() {
  const { t } = useTranslation();
  return (
    <Pick
      name="srtp"
      label={t("srtp.label")}
      clear={false}
      hint={t("srtp.hint")}
      options={(["never", "over_tls", "always", "required"] as const).map((value) => ({
        value,
        label: t(`srtp.${value}`),
      }))}
    />
  );
}

/** Whom called parties see, and where the carrier reads it. */
function Callers() {
  const { t } = useTranslation();
  return (
    <>
      <Text name="callerId" label={t("trunk.callerId")} placeholder="+862155550000" />
      <Pick
        name="shown"
        label={t("trunk.shown")}
        clear={false}
        options={(["own", "caller", "nobody"] as const).map((value) => ({ value, label: t(`shownCaller.${value}`) }))}
      />
      <Pick
        name="identity"
        label={t("trunk.identity")}
        clear={false}
        hint={t("trunk.identityHint")}
        options={(["from", "asserted", "preferred"] as const).map((value) => ({
          value,
          label: t(`identityBy.${value}`),
        }))}
      />
    </>
  );
}

/** Which numbers go out here, how they are dialed, and what is spoken. */
function Numbers() {
  const { t } = useTranslation();
  return (
    <>
      <Words name="prefixes" label={t("trunk.prefixes")} hint={t("trunk.prefixesHint")} placeholder="+86" />
      <Rewrites />
      <Pick
        name="codecs"
        label={t("trunk.codecs")}
        hint={t("trunk.codecsHint")}
        many
        options={(["pcma", "pcmu"] as const).map((value) => ({ value, label: t(`codec.${value}`) }))}
      />
    </>
  );
}

/** How we stand with a trunk: registered there or not and why, and which of its addresses do not answer. */
function TrunkState({ one }: { one: AdminTrunk }) {
  const { t } = useTranslation();
  const { registration, reached } = one;
  const down = (reached ?? []).filter((each) => each.state === "down");
  const tone = { trying: "plain", registered: "ok", failed: "bad" } as const;
  if (!registration && (reached ?? []).length === 0) return <>–</>;
  return (
    <span className="cell2">
      {registration && (
        <span>
          <Chip tone={tone[registration.state]}>{t(`trunk.${registration.state}`)}</Chip>{" "}
          <span className="soft num">{when(registration.since)}</span>
        </span>
      )}
      {registration?.state === "failed" && (
        <small>
          {registration.why === "refused"
            ? `${registration.status} ${registration.reason}`
            : t(`trunk.why.${registration.why ?? "silent"}`)}
        </small>
      )}
      {down.map((each) => (
        <small key={each.address}>
          <Chip tone="warn">{t("trunk.down")}</Chip> <span className="mono">{each.address}</span>
        </small>
      ))}
      {!registration && down.length === 0 && (
        <Chip tone={reached.some((each) => each.state === "up") ? "ok" : "plain"}>
          {t(reached.some((each) => each.state === "up") ? "trunk.up" : "trunk.unknown")}
        </Chip>
      )}
    </span>
  );
}

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
        register: t("trunk.register"),
        domain: t("trunk.domain"),
        transport: t("trunk.transport"),
        srtp: t("srtp.label"),
        probeSeconds: t("trunk.probe"),
        trusted: t("trunk.trusted"),
        maxCalls: t("trunk.maxCalls"),
        country: t("company.country"),
        callerId: t("trunk.callerId"),
        shown: t("trunk.shown"),
        identity: t("trunk.identity"),
        prefixes: t("trunk.prefixes"),
        rewrites: t("trunk.rewrites"),
        codecs: t("trunk.codecs"),
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
              {one.to.length > 0 ? `${one.to.join(", ")} ${one.transport.toUpperCase()}` : t("trunk.inboundOnly")}
            </span>
          ),
        },
        { title: t("admin.state"), render: (_, one) => <TrunkState one={one} /> },
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
          <Words name="to" label={t("trunk.to")} hint={t("trunk.toHint")} placeholder="203.0.113.1:5060" />
          <div className="two">
            <Pick
              name="transport"
              label={t("trunk.transport")}
              clear={false}
              options={(["udp", "tcp", "tls"] as const).map((value) => ({ value, label: value.toUpperCase() }))}
            />
            <Count name="probeSeconds" label={t("trunk.probe")} unit={t("admin.seconds")} hint={t("trunk.probeHint")} />
          </div>
          <Encrypted />
          <div className="two">
            <Text name="digestUser" label={t("trunk.digestUser")} hint={t("trunk.digestHint")} />
            <Password hint={one ? t("admin.passwordKeep") : ""} />
          </div>
          <Text name="domain" label={t("trunk.domain")} hint={t("trunk.domainHint")} placeholder="sip.example.com" />
          <Toggle name="register" label={t("trunk.register")} hint={t("trunk.registerHint")} />
          <Toggle name="trusted" label={t("trunk.trusted")} hint={t("trunk.trustedHint")} />
          <div className="two">
            <Count name="maxCalls" label={t("trunk.maxCalls")} hint={t("queue.zeroNone")} />
            <Text name="country" label={t("company.country")} hint={t("trunk.countryHint")} placeholder="CN" max={2} />
          </div>
          <Collapse
            ghost
            items={[
              { key: "caller", label: t("trunk.callers"), forceRender: true, children: <Callers /> },
              { key: "numbers", label: t("trunk.numbers"), forceRender: true, children: <Numbers /> },
            ]}
          />
        </>
      )}
    />
  );
}

/** A phone that registers here, one that is dialed outside, or one of a PBX: each has its own fields. */
function StationFields({ one }: { one: AdminStation | null }) {
  const { t } = useTranslation();
  const pbxs = useThings(admin.pbxs);
  const beside = Boolean(Form.useWatch("pbx"));
  return (
    <>
      <Text name="username" label={t("station.user")} required hint={t("station.userHint")} />
      {((pbxs.data ?? []).length > 0 || beside) && (
        <Pick
          name="pbx"
          label={t("station.pbx")}
          hint={t("station.pbxHint")}
          options={(pbxs.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
        />
      )}
      {beside ? (
        <Text
          name="line"
          label={t("station.line")}
          hint={t("station.lineHint")}
          placeholder="PJSIP/a001"
          required
          max={80}
        />
      ) : (
        <OwnPhone one={one} />
      )}
      <Text name="note" label={t("customer.notes")} />
    </>
  );
}

function OwnPhone({ one }: { one: AdminStation | null }) {
  const { t } = useTranslation();
  return (
    <>
      <Text
        name="number"
        label={t("station.number")}
        hint={t("station.numberHint")}
        placeholder="13800138000"
        max={32}
      />
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
      <Encrypted />
    </>
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
        srtp: t("srtp.label"),
        number: t("station.number"),
        pbx: t("station.pbx"),
        line: t("station.line"),
        note: t("customer.notes"),
      }}
      name={(one) => one.username}
      blank={{
        username: "",
        answerBy: "phone",
        digest: "both",
        srtp: "over_tls",
        number: "",
        pbx: null,
        line: "",
        note: "",
      }}
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
      fields={(one) => <StationFields one={one} />}
    />
  );
}
