// A prompt or music named in a form: chosen of what is there.

import { Link } from "@tanstack/react-router";
import { Form, Select } from "antd";
import { useTranslation } from "react-i18next";
import { music, spoken } from "./plan";
import { usePrompts } from "./useChange";

type Option = { value: string; label: string; says: string | null };
type Name = string | (string | number)[];

const fits = (typed: string, option?: Option) =>
  `${option?.label ?? ""}\n${option?.says ?? ""}`.toLowerCase().includes(typed.trim().toLowerCase());

function Choose({ name, label, hint, options }: { name: Name; label: string; hint?: boolean; options: Option[] }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      extra={
        hint && (
          <Link to="/admin/$section" params={{ section: "prompts" }}>
            {t("prompts.manage")}
          </Link>
        )
      }
    >
      <Select<string, Option>
        options={options}
        showSearch={{ filterOption: fits }}
        optionRender={({ data }) => (
          <div>
            {data.label}
            {data.says && <div className="soft prompts-says">{data.says}</div>}
          </div>
        )}
      />
    </Form.Item>
  );
}

export function MusicField({ name, label }: { name: Name; label: string }) {
  const { t } = useTranslation();
  const prompts = usePrompts();
  const plain = (value: string): Option => ({ value, label: value, says: null });
  const standard = { value: "", label: t("prompts.defaultMusic"), says: null };
  return <Choose name={name} label={label} hint options={[standard, ...music(prompts.data ?? []).map(plain)]} />;
}

export function PromptField({ name, label }: { name: Name; label: string }) {
  const { t } = useTranslation();
  const prompts = usePrompts();
  const choices = spoken(prompts.data ?? []).map(({ value, says, only }): Option => {
    const word = only === "zh-CN" ? t("prompts.onlyZh") : only === "en" ? t("prompts.onlyEn") : null;
    return { value, label: word ? `${value} (${word})` : value, says };
  });
  const standard = { value: "", label: t("prompts.defaultPrompt"), says: null };
  return <Choose name={name} label={label} options={[standard, ...choices]} />;
}
