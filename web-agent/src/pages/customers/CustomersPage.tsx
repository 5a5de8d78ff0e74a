import { UserAddOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Button, type TableColumnsType } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CustomerRow, customers } from "../../api";
import { Chip, Face, PermissionGate, Phone, Vip } from "../../ui/bits";
import { FilterBar, TextFilter } from "../../ui/FilterBar";
import { when } from "../../ui/format";
import { ListPage } from "../../ui/ListPage";
import { CallIt } from "../desk/Dial";
import { CustomerDrawer } from "./CustomerDrawer";

export function CustomersPage() {
  const { t } = useTranslation();
  const go = useNavigate();
  const [q, setQ] = useState("");
  const [creating, setCreating] = useState(false);
  const open = (id: string) => void go({ to: "/customers/$id", params: { id } });
  const columns = useMemo<TableColumnsType<CustomerRow>>(
    () => [
      {
        title: t("customer.name"),
        width: 280,
        ellipsis: true,
        render: (_, row) => (
          <span className="row">
            <Face name={row.name} size={30} />
            <span>
              {row.name} {row.vip && <Vip />}
            </span>
          </span>
        ),
      },
      {
        title: t("customer.number"),
        width: 180,
        render: (_, row) =>
          row.number ? (
            <span className="with-call">
              <Phone number={row.number} /> <CallIt number={row.number} />
            </span>
          ) : (
            "–"
          ),
      },
      { title: t("customer.kind"), width: 110, render: (_, row) => t(`customerKind.${row.kind}`) },
      { title: t("customer.level"), width: 120, render: (_, row) => (row.level ? <Chip>{row.level}</Chip> : "–") },
      {
        title: t("customer.last"),
        width: 150,
        render: (_, row) => <span className="num soft">{row.lastContactAt ? when(row.lastContactAt) : "–"}</span>,
      },
    ],
    [t],
  );
  return (
    <>
      <ListPage<CustomerRow>
        title={t("nav.customers")}
        queryKey={["customers", "list", q]}
        load={(cursor, signal) => customers.list(q, cursor, 100, signal)}
        columns={columns}
        minWidth={760}
        open={(row) => open(row.id)}
        empty={{
          title: q ? t("word.nothing") : t("customer.none"),
          hint: q ? t("customer.nothingHint") : t("customer.noneHint"),
        }}
        extra={
          <PermissionGate need="customers.write">
            <Button type="primary" icon={<UserAddOutlined />} onClick={() => setCreating(true)}>
              {t("customer.new")}
            </Button>
          </PermissionGate>
        }
        filters={
          <FilterBar used={q !== ""} clear={() => setQ("")}>
            <TextFilter label={t("customer.find")} value={q} change={setQ} width={340} />
          </FilterBar>
        }
      />
      <CustomerDrawer open={creating} close={() => setCreating(false)} saved={(made) => open(made.id)} />
    </>
  );
}
