// A new customer. From a pop, the number and the network's name are filled in already.

import { useQueryClient } from "@tanstack/react-query";
import { App, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { type Customer, type CustomerEdit, customers } from "../../api";
import { FormDrawer } from "../../ui/FormDrawer";
import { CustomerFields } from "./CustomerFields";

const blank: CustomerEdit = {
  name: "",
  kind: "person",
  level: null,
  source: null,
  region: null,
  industry: null,
  stage: null,
  ownerAgent: null,
  ownerTeam: null,
  vip: false,
  notes: null,
};

type Values = CustomerEdit & { number?: string };

export function CustomerDrawer({
  open,
  close,
  saved,
  number = "",
  name = "",
}: {
  open: boolean;
  close: () => void;
  saved: (customer: Customer) => void;
  number?: string;
  name?: string;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  return (
    <FormDrawer<Values>
      open={open}
      close={close}
      title={t("customer.new")}
      initial={{ ...blank, name, number }}
      save={async ({ number: phone, ...edit }) => {
        const points = phone?.trim() ? [{ kind: "phone" as const, value: phone.trim() }] : [];
        const made = await customers.create({ ...edit, points });
        void queries.invalidateQueries({ queryKey: ["customers"] });
        void message.success(t("customer.made"));
        saved(made);
      }}
    >
      <CustomerFields />
      <Form.Item name="number" label={t("customer.number")}>
        <Input inputMode="tel" autoComplete="off" />
      </Form.Item>
    </FormDrawer>
  );
}
