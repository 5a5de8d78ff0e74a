// Who it may be: every guess with its reason, any other customer, or a new one. Shown until somebody is settled, and again
// when that is to be changed. Keys in the list: digits choose, arrows move.

import { CheckCircleFilled, CloseOutlined, UserAddOutlined, UserDeleteOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { lazy, Suspense, useDeferredValue, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CustomerRow, customers } from "../../api";
import type { CallCard } from "../../contract.gen";
import { useKeys } from "../../desk/keys";
import { type Guess, guesses, trust } from "../../desk/who";
import { Chip, Face, Key, Panel, PermissionGate, Phone, useList, Vip } from "../../ui/bits";
import { phone, when } from "../../ui/format";
import { useLink } from "./useWho";

const CustomerDrawer = lazy(() => import("../customers/CustomerDrawer").then((m) => ({ default: m.CustomerDrawer })));

type Props = {
  card: CallCard;
  /** Takes the keyboard each time this changes; 0: leaves it where it is. */
  focus: number;
  /** There is somebody already: this closes the choice. */
  close?: () => void;
};

export function Candidates({ card, focus, close }: Props) {
  const { t } = useTranslation();
  const { link, busy } = useLink(card);
  const [creating, setCreating] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const all = guesses(card);
  const focusKey = useKeys((state) => state.keys.customer);
  const choose = (choice: { id: string; name: string } | null) =>
    void link(choice).then((done) => (done ? close?.() : undefined));
  useEffect(() => {
    if (focus > 0) box.current?.querySelector<HTMLElement>(".candidate, .find input")?.focus();
  }, [focus]);

  function pressed(event: React.KeyboardEvent) {
    if (event.key === "Escape" && close) return close();
    const rows = [...(box.current?.querySelectorAll<HTMLElement>(".candidate") ?? [])];
    const at = rows.indexOf(event.target as HTMLElement);
    if (at < 0 || event.repeat || event.altKey || event.ctrlKey || event.metaKey) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) rows[(at + step + rows.length) % rows.length]?.focus();
    else if (/^[1-9]$/.test(event.key)) rows[Number(event.key) - 1]?.click();
    else return;
    event.preventDefault();
  }

  const found = all.length === 1 ? t("pop.one") : t("pop.several", { n: all.length });
  const title = close ? t("pop.change") : all.length === 0 ? t("pop.noMatch") : found;
  return (
    <Panel
      title={title}
      className="candidates"
      extra={
        <span className="row">
          {focusKey && <Key chord={focusKey} />}
          {close && (
            <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t("form.cancel")} onClick={close} />
          )}
        </span>
      }
    >
      <div ref={box} onKeyDown={pressed} className="candidates-body">
        {all.length > 0 ? (
          <ul aria-label={title}>
            {all.map((one, index) => (
              <li key={one.customer}>
                <Candidate
                  one={one}
                  digit={index + 1}
                  chosen={one.customer === card.customer}
                  busy={busy}
                  choose={() => choose(one.customer === card.customer ? null : { id: one.customer, name: one.name })}
                />
              </li>
            ))}
          </ul>
        ) : (
          !close && (
            <p className="soft">
              {card.caller.withheld
                ? t("pop.withheldHint")
                : t("pop.noMatchHint", { number: phone(card.caller.number ?? card.caller.raw) })}
            </p>
          )
        )}
        <div className="candidates-else">
          <FindCustomer choose={(found) => choose({ id: found.id, name: found.name })} />
          <PermissionGate need="customers.write">
            <Button
              type={all.length === 0 && !close ? "primary" : "default"}
              icon={<UserAddOutlined />}
              onClick={() => setCreating(true)}
            >
              {all.length === 0 ? t("pop.createWith") : t("pop.create")}
            </Button>
          </PermissionGate>
          {card.customer !== null && (
            <Button icon={<UserDeleteOutlined />} loading={busy} onClick={() => choose(null)}>
              {t("pop.unlink")}
            </Button>
          )}
        </div>
      </div>
      {creating && (
        <Suspense fallback={null}>
          <CustomerDrawer
            open
            number={card.caller.number ?? card.caller.raw}
            name={card.caller.name}
            close={() => setCreating(false)}
            saved={(made) => choose({ id: made.id, name: made.name })}
          />
        </Suspense>
      )}
    </Panel>
  );
}

/** Why it may be this one, and how much that says. */
export function Match({ one }: { one: Pick<Guess, "reason" | "confidence"> }) {
  const { t } = useTranslation();
  return (
    <Chip tone={trust(one.confidence)}>
      {t(`match.${one.reason}`)} · <span className="num">{t("pop.confidence", { n: one.confidence })}</span>
    </Chip>
  );
}

type CandidateProps = { one: Guess; digit: number; chosen: boolean; busy: boolean; choose: () => void };

function Candidate({ one, digit, chosen, busy, choose }: CandidateProps) {
  const { t } = useTranslation();
  const list = useList();
  const last = one.lastContacts[0];
  const about = [
    one.people.length > 0 && list(one.people),
    last && t("pop.lastSeen", { when: when(last.at) }),
    last?.disposition,
  ];
  return (
    <button
      type="button"
      aria-pressed={chosen}
      className={`candidate ${chosen ? "on" : ""}`}
      aria-busy={busy}
      // The second click of a double one would take the first back.
      onClick={(event) => event.detail < 2 && choose()}
    >
      <kbd>{digit}</kbd>
      <Face name={one.name} size={36} />
      <span className="grow">
        <b>
          {one.name} {one.vip && <Vip />} {one.level && <Chip>{one.level}</Chip>}
        </b>
        <span className="candidate-why">
          <Match one={one} /> <span className="soft">{about.filter(Boolean).join(" · ") || t("timeline.none")}</span>
        </span>
      </span>
      <span className="candidate-do">
        {chosen ? <CheckCircleFilled aria-label={t("pop.isLinked")} /> : t("pop.link")}
      </span>
    </button>
  );
}

/** Any customer, by a few letters. */
export function FindCustomer({ choose }: { choose: (found: CustomerRow) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["customers", "find", q],
    queryFn: ({ signal }) => customers.list(q, null, 8, signal),
    enabled: q.length > 0,
  });
  const rows = q ? (found.data?.items ?? []) : [];
  return (
    <Select
      className="find"
      placeholder={t("pop.find")}
      aria-label={t("pop.find")}
      value={null}
      showSearch={{ filterOption: false, onSearch: setTyped, searchValue: typed }}
      notFoundContent={q ? (found.isFetching ? t("word.loading") : t("word.nothing")) : t("pop.findHint")}
      onChange={(id: string | null) => {
        const row = rows.find((one) => one.id === id);
        if (row) choose(row);
      }}
      options={rows.map((one) => ({
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
