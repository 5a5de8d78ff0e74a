// Small pieces every page uses.

import { CrownFilled } from "@ant-design/icons";
import { type ReactNode, useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Named, Permission } from "../api";
import { useMay } from "../app/session";
import { initials, phone } from "./format";

export type Tone = "plain" | "ok" | "warn" | "bad" | "info" | "wrap" | "vip";

/** A word in its colour; the word is always there, colour never speaks alone. */
export function Chip({ tone = "plain", icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={`chip chip-${tone}`}>
      {icon}
      {children}
    </span>
  );
}

export function Vip() {
  const { t } = useTranslation();
  return (
    <Chip tone="vip" icon={<CrownFilled />}>
      {t("word.vip")}
    </Chip>
  );
}

export function Face({ name, size = 32 }: { name: string; size?: number }) {
  const hue = [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7);
  return (
    <span
      className="face"
      aria-hidden="true"
      style={{ width: size, height: size, fontSize: size * 0.38, "--hue": hue } as React.CSSProperties}
    >
      {initials(name) || "–"}
    </span>
  );
}

/** What stands for the number of somebody who called from a web page and of whom nothing is known. */
export const WEB_VISITOR = "web";

export function Phone({ number, raw, withheld }: { number: string | null; raw?: string; withheld?: boolean }) {
  const { t } = useTranslation();
  if (withheld) return <span className="soft">{t("word.withheld")}</span>;
  if (number === null && raw === WEB_VISITOR) return <span className="soft">{t("word.webVisitor")}</span>;
  return <span className="num">{phone(number ?? raw ?? "") || t("word.withheld")}</span>;
}

export function useName() {
  const { i18n } = useTranslation();
  const zh = i18n.language === "zh-CN";
  return useCallback(
    (thing: Pick<Named, "nameZh" | "nameEn">) => (zh ? thing.nameZh || thing.nameEn : thing.nameEn || thing.nameZh),
    [zh],
  );
}

/** Several words in a row, as the reader's language joins them. */
export function useList() {
  const { t } = useTranslation();
  const comma = t("word.comma");
  return useCallback((words: string[]) => words.join(comma), [comma]);
}

export function PermissionGate({
  need,
  children,
  otherwise = null,
}: {
  need: Permission;
  children: ReactNode;
  otherwise?: ReactNode;
}) {
  const may = useMay();
  return may(need) ? children : otherwise;
}

/** An empty place that says why it is empty and what would fill it. */
export function Nothing({
  title,
  hint,
  action,
  art = "calm",
}: {
  title: string;
  hint?: string;
  action?: ReactNode;
  art?: "calm" | "search" | "phone";
}) {
  return (
    <div className="nothing">
      <Art kind={art} />
      <strong>{title}</strong>
      {hint && <p>{hint}</p>}
      {action}
    </div>
  );
}

function Art({ kind }: { kind: "calm" | "search" | "phone" }) {
  return (
    <svg width="88" height="64" viewBox="0 0 88 64" aria-hidden="true" className="art">
      <rect x="10" y="14" width="52" height="38" rx="9" className="art-a" />
      <rect x="18" y="24" width="26" height="4" rx="2" className="art-b" />
      <rect x="18" y="33" width="36" height="4" rx="2" className="art-c" />
      <rect x="18" y="42" width="18" height="4" rx="2" className="art-c" />
      {kind === "search" && (
        <g className="art-d">
          <circle cx="62" cy="38" r="11" />
          <path d="m70 46 8 8" />
        </g>
      )}
      {kind === "phone" && (
        <g className="art-d">
          <path d="M52 40v-3a12 12 0 0 1 24 0v3" />
          <rect x="49" y="39" width="7" height="12" rx="3" />
          <rect x="72" y="39" width="7" height="12" rx="3" />
        </g>
      )}
      {kind === "calm" && (
        <g className="art-d">
          <circle cx="64" cy="40" r="13" />
          <path d="m58 40 4.5 4.5L71 36" />
        </g>
      )}
    </svg>
  );
}

/** A titled surface. */
export function Panel({
  title,
  extra,
  children,
  className,
}: {
  title?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section className={`panel ${className ?? ""}`}>
      {(title || extra) && (
        <header>
          <h2>{title}</h2>
          <div>{extra}</div>
        </header>
      )}
      {children}
    </section>
  );
}

export function Key({ chord }: { chord: string }) {
  const mac = navigator.platform.startsWith("Mac");
  return (
    <kbd>
      {chord
        .replace("Mod", mac ? "⌘" : "Ctrl")
        .replace("Alt", mac ? "⌥" : "Alt")
        .replaceAll("+", mac ? "" : " ")}
    </kbd>
  );
}

/** A raised hand. */
export function HandIcon() {
  return (
    <span className="anticon" aria-hidden="true">
      <svg viewBox="0 0 24 24" width="1em" height="1em" fill="none" stroke="currentColor" strokeWidth="2">
        <title>hand</title>
        <path
          strokeLinecap="round"
          strokeLinejoin="round"
          d="M8 12V5.5a1.5 1.5 0 0 1 3 0V11m0-.5v-7a1.5 1.5 0 0 1 3 0v7m0-.5V5.5a1.5 1.5 0 0 1 3 0V14c0 4.5-2.5 7-6 7-3 0-4.6-1.3-6.2-4.2l-2-3.8a1.6 1.6 0 0 1 2.7-1.7L8 13"
        />
      </svg>
    </span>
  );
}
