// Queues, dialed numbers, number lists.

import { useQuery } from "@tanstack/react-query";
import { Collapse, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { type AdminList, type AdminNumber, type AdminQueue, admin, type Edit } from "../../api";
import { Chip } from "../../ui/bits";
import { clock } from "../../ui/format";
import { Count, OverflowField, Pick, Skills, SkillTags, Text, Toggle } from "./parts";
import { MusicField } from "./prompts/PromptPick";
import { adminKey, Things } from "./Things";

const blankQueue: Edit<AdminQueue> = {
  name: "",
  skills: [],
  ringSeconds: 20,
  maxWaitSeconds: 600,
  atMaxWait: { kind: "voicemail" },
  maxWaiting: 0,
  whenFull: { kind: "hangup", prompt: "all-busy" },
  wrapUpSeconds: 30,
  announceSeconds: 45,
  music: "",
  priority: 0,
  ageStepSeconds: 60,
  targetSeconds: 20,
  shortSeconds: 5,
  record: true,
  autoAnswer: false,
  callerId: "",
  missedNotReady: true,
  rejectedNotReady: false,
};

export function QueuesSection() {
  const { t } = useTranslation();
  const s = t("admin.seconds");
  return (
    <Things<AdminQueue>
      api={admin.queues}
      word="queues"
      labels={{
        name: t("customer.name"),
        skills: t("admin.needs"),
        ringSeconds: t("queue.ring"),
        wrapUpSeconds: t("queue.wrapUp"),
        record: t("queue.record"),
        autoAnswer: t("queue.autoAnswer"),
        callerId: t("queue.callerId"),
        missedNotReady: t("queue.missed"),
        rejectedNotReady: t("queue.rejected"),
        maxWaitSeconds: t("queue.maxWait"),
        announceSeconds: t("queue.announce"),
        atMaxWait: t("queue.atMaxWait"),
        maxWaiting: t("queue.maxWaiting"),
        whenFull: t("queue.whenFull"),
        music: t("queue.music"),
        priority: t("queue.priority"),
        ageStepSeconds: t("queue.ageStep"),
        targetSeconds: t("queue.target"),
        shortSeconds: t("queue.short"),
      }}
      name={(one) => one.name}
      blank={blankQueue}
      width={560}
      hint={t("admin.queuesHint")}
      columns={[
        { title: t("customer.name"), render: (_, one) => <b>{one.name}</b> },
        { title: t("admin.needs"), render: (_, one) => <SkillTags skills={one.skills} /> },
        {
          title: t("queue.ring"),
          align: "right",
          render: (_, one) => <span className="num">{clock(one.ringSeconds * 1000)}</span>,
        },
        {
          title: t("queue.maxWait"),
          render: (_, one) => (
            <span className="num">
              {one.maxWaitSeconds ? clock(one.maxWaitSeconds * 1000) : "∞"}{" "}
              <span className="soft">{t(`overflow.${one.atMaxWait.kind}`)}</span>
            </span>
          ),
        },
        {
          title: t("queue.wrapUp"),
          align: "right",
          render: (_, one) => <span className="num">{clock(one.wrapUpSeconds * 1000)}</span>,
        },
        {
          title: t("queue.target"),
          align: "right",
          render: (_, one) => <span className="num">{clock(one.targetSeconds * 1000)}</span>,
        },
        {
          title: t("queue.record"),
          render: (_, one) => <Chip tone={one.record ? "ok" : "plain"}>{t(one.record ? "form.yes" : "form.no")}</Chip>,
        },
      ]}
      fields={(one) => (
        <>
          <Text name="name" label={t("customer.name")} required />
          <Skills label={t("admin.needs")} hint={t("queue.needsHint")} />
          <div className="two">
            <Count name="ringSeconds" label={t("queue.ring")} unit={s} min={5} max={120} hint={t("queue.ringHint")} />
            <Count name="wrapUpSeconds" label={t("queue.wrapUp")} unit={s} hint={t("queue.wrapUpHint")} />
          </div>
          <Toggle name="record" label={t("queue.record")} />
          <Toggle name="autoAnswer" label={t("queue.autoAnswer")} hint={t("queue.autoAnswerHint")} />
          <Text
            name="callerId"
            label={t("queue.callerId")}
            hint={t("queue.callerIdHint")}
            placeholder="+862155550000"
            max={32}
          />
          <Toggle name="missedNotReady" label={t("queue.missed")} />
          <Toggle name="rejectedNotReady" label={t("queue.rejected")} />
          <Collapse
            ghost
            defaultActiveKey={["wait"]}
            items={[
              {
                key: "wait",
                label: t("queue.waiting"),
                forceRender: true,
                children: (
                  <>
                    <div className="two">
                      <Count name="maxWaitSeconds" label={t("queue.maxWait")} unit={s} hint={t("queue.zeroNone")} />
                      <Count name="announceSeconds" label={t("queue.announce")} unit={s} hint={t("queue.zeroNone")} />
                    </div>
                    <OverflowField name="atMaxWait" label={t("queue.atMaxWait")} self={one?.id ?? null} />
                    <Count name="maxWaiting" label={t("queue.maxWaiting")} hint={t("queue.zeroNone")} />
                    <OverflowField name="whenFull" label={t("queue.whenFull")} self={one?.id ?? null} />
                    <MusicField name="music" label={t("queue.music")} />
                  </>
                ),
              },
              {
                key: "order",
                label: t("queue.order"),
                forceRender: true,
                children: (
                  <>
                    <div className="two">
                      <Count name="priority" label={t("queue.priority")} max={9} />
                      <Count name="ageStepSeconds" label={t("queue.ageStep")} unit={s} hint={t("queue.zeroNone")} />
                    </div>
                    <div className="two">
                      <Count name="targetSeconds" label={t("queue.target")} unit={s} min={1} />
                      <Count name="shortSeconds" label={t("queue.short")} unit={s} />
                    </div>
                  </>
                ),
              },
            ]}
          />
        </>
      )}
    />
  );
}

export function NumbersSection() {
  const { t } = useTranslation();
  const flows = useQuery({ queryKey: adminKey("flows"), queryFn: admin.flows.list });
  return (
    <Things<AdminNumber>
      api={admin.numbers}
      word="numbers"
      labels={{
        pattern: t("filter.number"),
        flow: t("admin.flow"),
        note: t("customer.notes"),
      }}
      name={(one) => one.pattern}
      blank={{ pattern: "", flow: "", note: "" }}
      hint={t("admin.numbersHint")}
      columns={[
        { title: t("filter.number"), render: (_, one) => <b className="num">{one.pattern}</b> },
        { title: t("admin.flow"), render: (_, one) => one.flow },
        { title: t("customer.notes"), render: (_, one) => <span className="soft">{one.note}</span> },
      ]}
      fields={() => (
        <>
          <Text
            name="pattern"
            label={t("filter.number")}
            required
            hint={t("admin.patternHint")}
            placeholder="4008001234, 95001*"
          />
          <Pick
            name="flow"
            label={t("admin.flow")}
            required
            options={(flows.data?.items ?? []).map((one) => ({ value: one.name, label: one.name }))}
          />
          <Text name="note" label={t("customer.notes")} />
        </>
      )}
    />
  );
}

export function ListsSection() {
  const { t } = useTranslation();
  return (
    <Things<AdminList>
      api={admin.lists}
      word="lists"
      labels={{
        name: t("customer.name"),
        numbers: t("admin.listNumbers"),
      }}
      name={(one) => one.name}
      blank={{ name: "", numbers: [], builtin: false, count: 0 }}
      fixed={(one) => one.builtin}
      hint={t("admin.listsHint")}
      columns={[
        {
          title: t("customer.name"),
          render: (_, one) => (
            <>
              <b>{t(`list.name.${one.name}`, { defaultValue: one.name })}</b>{" "}
              {one.builtin && <Chip>{t("admin.builtin")}</Chip>}
            </>
          ),
        },
        { title: t("admin.count"), align: "right", render: (_, one) => <span className="num">{one.count}</span> },
      ]}
      fields={(one) => (
        <>
          {!one?.builtin && <Text name="name" label={t("customer.name")} required />}
          <Form.Item
            name="numbers"
            label={t("admin.listNumbers")}
            extra={t("admin.listNumbersHint")}
            getValueProps={(numbers: string[] | undefined) => ({ value: (numbers ?? []).join("\n") })}
            normalize={(text: string) => text.split("\n").map((line) => line.trimStart())}
          >
            <Input.TextArea autoSize={{ minRows: 8, maxRows: 24 }} className="mono" />
          </Form.Item>
        </>
      )}
    />
  );
}
