// The command bar: go anywhere, find a customer or a number, do what the call allows, by a few letters.

import { SearchOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Input, Modal } from "antd";
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { customers } from "../api";
import { type KeyAction, run, useKeys } from "../desk/keys";
import { askSeat, useDesk } from "../desk/store";
import { Face, Key, Phone } from "../ui/bits";
import { modeOf, usePrefs } from "./prefs";
import { usePlaces } from "./Shell";
import { useMay } from "./session";

type Row = { id: string; words: string; label: ReactNode; icon?: ReactNode; chord?: string; run: () => void };

/** Every part of what was typed stands somewhere in the words. */
export function matches(words: string, typed: string): boolean {
  const have = words.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((part) => have.includes(part));
}

export function Commands({ open, close, help }: { open: boolean; close: () => void; help: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open={open}
      onCancel={close}
      footer={null}
      closable={false}
      width={600}
      className="commands"
      destroyOnHidden
      title={<span className="sr">{t("commands.title")}</span>}
    >
      {open && <Bar close={close} help={help} />}
    </Modal>
  );
}

function Bar({ close, help }: { close: () => void; help: () => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const rows = useRows(typed, help);
  const current = Math.min(at, rows.length - 1);
  const pick = (row: Row | undefined) => {
    if (!row) return;
    close();
    row.run();
  };
  return (
    <>
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        placeholder={t("commands.placeholder")}
        aria-label={t("commands.placeholder")}
        role="combobox"
        aria-expanded={rows.length > 0}
        aria-controls="command-list"
        aria-activedescendant={rows[current] ? `command-${rows[current].id}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(current + 1, rows.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
          else if (event.key === "Enter" && !event.nativeEvent.isComposing) pick(rows[current]);
          else return;
          event.preventDefault();
        }}
      />
      <div className="command-list" id="command-list" role="listbox" aria-label={t("commands.title")}>
        {rows.map((row, index) => (
          <div
            key={row.id}
            id={`command-${row.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === current}
            className={index === current ? "on" : ""}
            onMouseMove={() => setAt(index)}
            onClick={() => pick(row)}
            onKeyDown={() => {}}
          >
            {row.icon}
            <span className="grow">{row.label}</span>
            {row.chord && <Key chord={row.chord} />}
          </div>
        ))}
      </div>
      {rows.length === 0 && <p className="soft center">{t("commands.none")}</p>}
    </>
  );
}

function useRows(typed: string, help: () => void): Row[] {
  const { t } = useTranslation();
  const go = useNavigate();
  const may = useMay();
  const places = usePlaces();
  const keys = useKeys((state) => state.keys);
  const { language, look, set } = usePrefs();
  const card = useDesk((state) => state.desk.cards.length > 0);
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ["customers", "find", q],
    queryFn: ({ signal }) => customers.list(q, null, 6, signal),
    enabled: q.length >= 2 && may("customers.read"),
  });
  return useMemo(() => {
    const call: KeyAction[] = card
      ? ["answer", "reject", "hold", "mute", "transfer", "keypad", "hangup", "finish"]
      : [];
    const fixed: Row[] = [
      ...call.map((action) => ({
        id: action,
        words: t(`key.${action}`),
        label: t(`key.${action}`),
        chord: keys[action],
        run: () => void run(action),
      })),
      ...places.map((place) => ({
        id: place.to,
        words: `${place.word} ${place.to}`,
        label: t("commands.go", { place: place.word }),
        icon: place.icon,
        run: () => void go({ to: place.to }),
      })),
      { id: "account", words: t("account.title"), label: t("account.title"), run: () => void go({ to: "/account" }) },
      ...(may("desk.use")
        ? [
            {
              id: "ready",
              words: t("seat.goReady"),
              label: t("seat.goReady"),
              chord: keys.ready,
              run: () => void askSeat({ kind: "ready" }).catch(() => {}),
            },
          ]
        : []),
      {
        id: "language",
        words: "language 语言 english 中文",
        label: language === "en" ? "切换到中文" : "Switch to English",
        run: () => set({ language: language === "en" ? "zh-CN" : "en" }),
      },
      {
        id: "look",
        words: t("account.look"),
        label: modeOf(look) === "dark" ? t("account.light") : t("account.dark"),
        run: () => set({ look: modeOf(look) === "dark" ? "light" : "dark" }),
      },
      { id: "help", words: t("help.title"), label: t("help.title"), chord: keys.help, run: help },
    ];
    const people: Row[] = (q.length >= 2 ? (found.data?.items ?? []) : []).map((one) => ({
      id: `customer-${one.id}`,
      words: "",
      icon: <Face name={one.name} size={24} />,
      label: (
        <>
          {one.name} <span className="soft">{one.number && <Phone number={one.number} />}</span>
        </>
      ),
      run: () => void go({ to: "/customers/$id", params: { id: one.id } }),
    }));
    return [...fixed.filter((row) => matches(String(row.words), typed.trim())), ...people];
  }, [typed, q, found.data, card, places, keys, language, look, set, go, may, help, t]);
}
