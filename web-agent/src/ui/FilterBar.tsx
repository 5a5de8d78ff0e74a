// Filters above a list, and one press to clear them.

import { ClearOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input, Select, Tooltip } from "antd";
import type { Dayjs } from "dayjs";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { local } from "./format";

export function FilterBar({ children, used, clear }: { children: ReactNode; used: boolean; clear: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="filterbar" role="search">
      {children}
      {used && (
        <Button type="text" icon={<ClearOutlined />} onClick={clear}>
          {t("filter.clear")}
        </Button>
      )}
    </div>
  );
}

/** What is asked for of what is typed; where digits are wanted, a text without any asks for nothing. */
export const askedOf = (typed: string, digits: boolean): string => (digits && !/\d/.test(typed) ? "" : typed.trim());

/** Text that filters when typing pauses. */
export function TextFilter({
  label,
  value,
  change,
  width = 220,
  digits = false,
}: {
  label: string;
  value: string;
  change: (text: string) => void;
  width?: number;
  /** It is a number's: without a digit it says so, and the list stays whole. */
  digits?: boolean;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const asked = askedOf(typed, digits);
  useEffect(() => setTyped((now) => (askedOf(now, digits) === value ? now : value)), [value, digits]);
  useEffect(() => {
    if (asked === value) return;
    const timer = setTimeout(() => change(asked), 250);
    return () => clearTimeout(timer);
  }, [asked, value, change]);
  const empty = typed.trim() !== "" && asked === "";
  const hint = empty ? t("filter.digits") : undefined;
  return (
    <Tooltip open={empty} title={hint} placement="bottomLeft">
      <Input
        allowClear
        prefix={<SearchOutlined />}
        placeholder={label}
        aria-label={hint ? `${label}: ${hint}` : label}
        status={empty ? "warning" : undefined}
        value={typed}
        style={{ width }}
        onChange={(event) => setTyped(event.target.value)}
      />
    </Tooltip>
  );
}

/** A number, whole or its last digits. */
export function NumberFilter(props: { value: string; change: (text: string) => void }) {
  const { t } = useTranslation();
  return <TextFilter label={t("filter.number")} digits width={170} {...props} />;
}

type Option<V> = { value: V; label: string };
/** One to choose, or some under a heading. */
export type Choice<V> = Option<V> | { label: string; options: Option<V>[] };
export function ChoiceFilter<V extends string>({
  label,
  value,
  options,
  change,
  width = 150,
}: {
  label: string;
  value: V | null | undefined;
  options: Choice<V>[];
  change: (value: V | undefined) => void;
  width?: number;
}) {
  return (
    <Select<V, Choice<V>>
      allowClear
      showSearch={{ optionFilterProp: "label" }}
      placeholder={label}
      aria-label={label}
      value={value}
      options={options}
      style={{ width }}
      popupMatchSelectWidth={false}
      onChange={(next) => change(next)}
    />
  );
}

export function TimeFilter({
  from,
  to,
  change,
}: {
  from?: number;
  to?: number;
  change: (from: number | undefined, to: number | undefined) => void;
}) {
  const { t } = useTranslation();
  const today = local(Date.now()).startOf("day");
  const day = (back: number, days: number): [Dayjs, Dayjs] => [
    today.subtract(back, "day"),
    today.subtract(back - days, "day"),
  ];
  return (
    <DatePicker.RangePicker
      showTime={{ format: "HH:mm" }}
      format="MM-DD HH:mm"
      aria-label={t("filter.time")}
      style={{ width: 290 }}
      value={from !== undefined && to !== undefined ? [local(from), local(to)] : null}
      presets={[
        { label: t("filter.today"), value: day(0, 1) },
        { label: t("filter.yesterday"), value: day(1, 1) },
        { label: t("filter.week"), value: day(6, 7) },
        { label: t("filter.month"), value: day(29, 30) },
      ]}
      onChange={(range) => change(range?.[0]?.valueOf(), range?.[1]?.valueOf())}
    />
  );
}
