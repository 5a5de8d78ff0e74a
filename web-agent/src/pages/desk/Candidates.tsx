// Who it may be: one is shown, several are a choice with the reason for each, none opens "create" with the number in it.

import { CheckCircleFilled, PlusOutlined, UserAddOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Select } from "antd";
import { lazy, Suspense, useDeferredValue, useState } from "react";
import { useTranslation } from "react-i18next";
import { customers, interactions } from "../../api";
import type { CallCard, KnownCustomer } from "../../contract.gen";
import { Chip, Face, Panel, PermissionGate, Phone, Vip } from "../../ui/bits";
import { phone, when } from "../../ui/format";
import { saying } from "../../ui/say";

const CustomerDrawer = lazy(() => import("../customers/CustomerDrawer").then((m) => ({ default: m.CustomerDrawer })));

export function useLink(interaction: string) {
  const { message } = App.useApp();
  const queries = useQueryClient();
  return async (customer: string | null) => {
    try {
      await interactions.link(interaction, customer);
      void queries.invalidateQueries({ queryKey: ["interactions"] });
    } catch (why) {
      void message.error(saying(why));
    }
  };
}

export function Candidates({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const link = useLink(card.interaction);
  const [creating, setCreating] = useState(false);
  const several = card.candidates.length > 1;
  const none = card.candidates.length === 0 && card.customer === null;
  if (!several && !none) return null;
  return (
    <Panel
      title={none ? t("pop.noMatch") : t("pop.several", { n: card.candidates.length })}
      className="candidates"
      extra={
        <PermissionGate need="customers.write">
          <Button size="small" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t("pop.create")}
          </Button>
        </PermissionGate>
      }
    >
      {several && (
        <ul role="radiogroup" aria-label={t("pop.several", { n: card.candidates.length })}>
          {card.candidates.map((one) => (
            <Candidate
              key={one.customer + (one.contact ?? "")}
              one={one}
              chosen={one.customer === card.customer}
              choose={() => void link(one.customer === card.customer ? null : one.customer)}
            />
          ))}
        </ul>
      )}
      {none && (
        <div className="nomatch">
          <p className="soft">
            {card.caller.withheld
              ? t("pop.withheldHint")
              : t("pop.noMatchHint", { number: phone(card.caller.number ?? card.caller.raw) })}
          </p>
          <FindCustomer choose={(id) => void link(id)} />
          <PermissionGate need="customers.write">
            <Button type="primary" icon={<UserAddOutlined />} onClick={() => setCreating(true)}>
              {t("pop.createWith")}
            </Button>
          </PermissionGate>
        </div>
      )}
      {creating && (
        <Suspense fallback={null}>
          <CustomerDrawer
            open
            number={card.caller.number ?? card.caller.raw}
            name={card.caller.name}
            close={() => setCreating(false)}
            saved={(customer) => void link(customer.id)}
          />
        </Suspense>
      )}
    </Panel>
  );
}

function Candidate({ one, chosen, choose }: { one: KnownCustomer; chosen: boolean; choose: () => void }) {
  const { t } = useTranslation();
  const last = one.lastContacts[0];
  return (
    <li role="none">
      <button
        type="button"
        role="radio"
        aria-checked={chosen}
        className={`candidate ${chosen ? "on" : ""}`}
        onClick={choose}
      >
        <Face name={one.name} size={36} />
        <span className="grow">
          <b>
            {one.name} {one.contactName && <span className="soft">{one.contactName}</span>} {one.vip && <Vip />}
          </b>
          <span className="soft">
            {t(`match.${one.reason}`)} · {t("pop.confidence", { n: one.confidence })}
            {last && ` · ${t("pop.lastSeen", { when: when(last.at) })}`}
          </span>
        </span>
        {one.level && <Chip>{one.level}</Chip>}
        {chosen && <CheckCircleFilled className="chosen" />}
      </button>
    </li>
  );
}

/** Any customer, by a few letters. */
export function FindCustomer({ choose }: { choose: (id: string) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["customers", "find", q],
    queryFn: ({ signal }) => customers.list(q, null, 8, signal),
    enabled: q.length > 0,
  });
  return (
    <Select
      className="find"
      placeholder={t("pop.find")}
      aria-label={t("pop.find")}
      value={null}
      showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }}
      notFoundContent={q ? (found.isFetching ? t("word.loading") : t("word.nothing")) : t("pop.findHint")}
      onChange={(id: string | null) => id && choose(id)}
      options={(q ? (found.data?.items ?? []) : []).map((one) => ({
        value: one.id,
        label: (
          <span className="spread">
            {one.name} <span className="soft">{one.number && <Phone number={one.number} />}</span>
          </span>
        ),
      }))}
    />
  );
}
