// One customer, found by a few letters: narrows calls and recordings.

import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { customers } from "../../api";
import { useMay } from "../../app/session";
import { Phone } from "../../ui/bits";

type Props = { value: string | undefined; change: (id: string | undefined) => void };

export function CustomerFilter({ value, change }: Props) {
  const { t } = useTranslation();
  const may = useMay();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["customers", "find", q],
    queryFn: ({ signal }) => customers.list(q, null, 8, signal),
    enabled: q.length > 0,
  });
  // The one chosen may come with the address of the page: its name is read.
  const chosen = useQuery({
    queryKey: ["customer", value],
    queryFn: () => customers.one(value ?? ""),
    enabled: value !== undefined && may("customers.read"),
  });
  if (!may("customers.read")) return null;
  const rows = q ? (found.data?.items ?? []) : [];
  const name = chosen.data?.name ?? (chosen.isError ? t("customer.gone") : t("word.loading"));
  const options = rows.map((one) => ({ value: one.id, name: one.name, number: one.number }));
  if (value !== undefined && !rows.some((one) => one.id === value)) options.push({ value, name, number: null });
  return (
    <Select
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={t("word.customer")}
      aria-label={t("word.customer")}
      value={value}
      style={{ width: 150 }}
      popupMatchSelectWidth={300}
      notFoundContent={q ? (found.isFetching ? t("word.loading") : t("word.nothing")) : t("pop.findHint")}
      options={options}
      fieldNames={{ label: "name" }}
      optionRender={({ data }) => (
        <span className="spread">
          {data.name} <span className="soft">{data.number && <Phone number={data.number} />}</span>
        </span>
      )}
      onChange={(id: string | undefined) => {
        setTyped("");
        change(id);
      }}
    />
  );
}
