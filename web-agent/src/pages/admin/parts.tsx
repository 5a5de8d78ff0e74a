// Pieces of the administrator's forms.

import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form, Input, InputNumber, Select, Switch } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { admin, type Id } from "../../api";
import { PromptField } from "./prompts/PromptPick";
import { useThings } from "./Things";

type Name = string | number | (string | number)[];

export function Text({
  name,
  label,
  required,
  hint,
  placeholder,
  max = 200,
}: {
  name: Name;
  label: string;
  required?: boolean;
  hint?: string;
  placeholder?: string;
  max?: number;
}) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      extra={hint}
      rules={required ? [{ required: true, whitespace: true, message: t("form.required") }] : []}
    >
      <Input maxLength={max} placeholder={placeholder} autoComplete="off" />
    </Form.Item>
  );
}

export function Count({
  name,
  label,
  unit,
  min = 0,
  max,
  hint,
}: {
  name: Name;
  label: string;
  unit?: string;
  min?: number;
  max?: number;
  hint?: string;
}) {
  const { t } = useTranslation();
  return (
    <Form.Item name={name} label={label} extra={hint} rules={[{ required: true, message: t("form.required") }]}>
      <InputNumber min={min} max={max} precision={0} suffix={unit} className="wide" />
    </Form.Item>
  );
}

export function Toggle({ name, label, hint }: { name: Name; label: string; hint?: string }) {
  return (
    <Form.Item
      name={name}
      label={label}
      extra={hint}
      valuePropName="checked"
      layout="horizontal"
      colon={false}
      className="toggle"
    >
      <Switch />
    </Form.Item>
  );
}

/** Short texts as tags: prefixes, addresses. */
export function Words({
  name,
  label,
  hint,
  placeholder,
}: {
  name: Name;
  label: string;
  hint?: string;
  placeholder?: string;
}) {
  return (
    <Form.Item name={name} label={label} extra={hint}>
      <Select
        mode="tags"
        open={false}
        suffixIcon={null}
        tokenSeparators={[",", "，", " ", "\n"]}
        placeholder={placeholder}
      />
    </Form.Item>
  );
}

export function Pick({
  name,
  label,
  options,
  required,
  clear = true,
  hint,
  many,
}: {
  name: Name;
  label: string;
  options: { value: string; label: ReactNode }[];
  required?: boolean;
  clear?: boolean;
  hint?: string;
  many?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      extra={hint}
      rules={required ? [{ required: true, message: t("form.required") }] : []}
    >
      <Select
        mode={many ? "multiple" : undefined}
        allowClear={clear}
        showSearch={{ optionFilterProp: "label" }}
        options={options}
      />
    </Form.Item>
  );
}

export function Password({ hint, required = false }: { hint: string; required?: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="password"
      label={t("signin.password")}
      extra={hint}
      rules={required ? [{ required: true, message: t("form.required") }] : []}
    >
      <Input.Password autoComplete="new-password" />
    </Form.Item>
  );
}

/** Skills with their levels of 1 to 10. */
export function Skills({ label, hint }: { label: string; hint?: string }) {
  const { t } = useTranslation();
  const skills = useThings(admin.skills);
  const options = (skills.data ?? []).map((one) => ({ value: one.id, label: one.name }));
  return (
    <Form.Item label={label} extra={hint}>
      <Form.List name="skills">
        {(rows, { add, remove }) => (
          <div className="skill-rows">
            {rows.map((row) => (
              <div key={row.key} className="row">
                <Form.Item name={[row.name, "skill"]} noStyle rules={[{ required: true, message: t("form.required") }]}>
                  <Select
                    options={options}
                    showSearch={{ optionFilterProp: "label" }}
                    aria-label={t("admin.skill")}
                    className="grow"
                  />
                </Form.Item>
                <Form.Item name={[row.name, "level"]} noStyle rules={[{ required: true, message: t("form.required") }]}>
                  <InputNumber min={1} max={10} precision={0} aria-label={t("admin.level")} />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("form.remove")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button type="dashed" size="small" icon={<PlusOutlined />} onClick={() => add({ level: 5 })}>
              {t("admin.addSkill")}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

/** How numbers are dialed over a trunk: a beginning, how many digits go, what comes in their place. */
export function Rewrites() {
  const { t } = useTranslation();
  return (
    <Form.Item label={t("trunk.rewrites")} extra={t("trunk.rewritesHint")}>
      <Form.List name="rewrites">
        {(rows, { add, remove }) => (
          <div className="skill-rows">
            {rows.map((row) => (
              <div key={row.key} className="row">
                <Form.Item name={[row.name, "prefix"]} noStyle>
                  <Input
                    prefix={t("trunk.begins")}
                    aria-label={t("trunk.begins")}
                    placeholder="+86"
                    maxLength={32}
                    className="grow"
                  />
                </Form.Item>
                <Form.Item name={[row.name, "strip"]} noStyle rules={[{ required: true, message: t("form.required") }]}>
                  <InputNumber
                    min={0}
                    max={32}
                    precision={0}
                    prefix={t("trunk.strip")}
                    aria-label={t("trunk.strip")}
                    className="grow"
                  />
                </Form.Item>
                <Form.Item name={[row.name, "add"]} noStyle>
                  <Input
                    prefix={t("trunk.add")}
                    aria-label={t("trunk.add")}
                    placeholder="0"
                    maxLength={32}
                    className="grow"
                  />
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined />}
                  aria-label={t("form.remove")}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button
              type="dashed"
              size="small"
              icon={<PlusOutlined />}
              onClick={() => add({ prefix: "", strip: 0, add: "" })}
            >
              {t("trunk.addRewrite")}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  );
}

/** What happens to a caller whom a queue cannot keep. */
export function OverflowField({ name, label, self }: { name: string; label: string; self: Id | null }) {
  const { t } = useTranslation();
  const queues = useThings(admin.queues);
  const kind = Form.useWatch([name, "kind"]) as string | undefined;
  return (
    <div className="two">
      <Pick
        name={[name, "kind"]}
        label={label}
        required
        clear={false}
        options={["hangup", "queue", "voicemail", "number"].map((value) => ({ value, label: t(`overflow.${value}`) }))}
      />
      {kind === "hangup" && <PromptField name={[name, "prompt"]} label={t("overflow.prompt")} />}
      {kind === "queue" && (
        <Pick
          name={[name, "queue"]}
          label={t("word.queue")}
          required
          options={(queues.data ?? [])
            .filter((one) => one.id !== self)
            .map((one) => ({ value: one.id, label: one.name }))}
        />
      )}
      {kind === "number" && <Text name={[name, "number"]} label={t("filter.number")} required />}
    </div>
  );
}

export const SkillTags = ({ skills }: { skills: { skill: Id; level: number }[] }) => {
  const all = useThings(admin.skills);
  const name = (id: Id) => all.data?.find((one) => one.id === id)?.name ?? id;
  return (
    <span className="chips">
      {skills.map((one) => (
        <span key={one.skill} className="chip">
          {name(one.skill)} <b className="num">{one.level}</b>
        </span>
      ))}
    </span>
  );
};
