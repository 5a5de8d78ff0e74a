// Filters above a list, and one press to clear them.

import { ClearOutlined, SearchOutlined } from "@ant-design/icons";
import { Button, DatePicker, Input, Select } from "antd";
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

/** Text that filters when typing pauses. */
export function TextFilter({
  label,
  value,
  change,
  width = 220,
}: {
  label: string;
  value: string;
  change: (text: string) => void;
  width?: number;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => change(typed), 250);
    return () => clearTimeout(timer);
  }, [typed, value, change]);
  return (
    <Input
      allowClear
      prefix={<SearchOutlined />}
      placeholder={label}
      aria-label={label}
      value={typed}
      style={{ width }}
      onChange={(event) => setTyped(event.target.value)}
    />
  );
}

type Option = { value: string; label: string };
export function ChoiceFilter({
  label,
  value,
  options,
  change,
  width = 150,
}: {
  label: string;
  value: string | undefined;
  options: Option[];
  change: (value: string | undefined) => void;
  width?: number;
}) {
  return (
    <Select
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
