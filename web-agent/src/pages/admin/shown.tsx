// How the values of a document read to a person, wherever a document is told of outside its form.

import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { admin, type Id, type Kept, type Problem } from "../../api";
import { useList, useName } from "../../ui/bits";
import { adminKey, everyPage } from "./reading";

/** The document as it is now, which comes with the refusal of a version that is not the last. */
export function currentOf<T extends { version: number }>(why: Problem): T | null {
  const { current } = why.body as { current?: Partial<T> | null };
  return typeof current?.version === "number" ? (current as T) : null;
}

type Named = { id: Id; name?: string; username?: string; pattern?: string; nameZh?: string; nameEn?: string };

export function useShown() {
  const { t, i18n } = useTranslation();
  const queries = useQueryClient();
  const list = useList();
  const name = useName();

  /** The administrator's lists read so far hold whatever a document may point at. */
  function named(id: string): string | undefined {
    for (const [, data] of queries.getQueriesData<Named[]>({ queryKey: ["admin"] })) {
      const one = Array.isArray(data) ? data.find((each) => each.id === id) : undefined;
      if (!one) continue;
      const own = one.name ?? one.username ?? one.pattern;
      return own ?? name({ nameZh: one.nameZh ?? "", nameEn: one.nameEn ?? "" });
    }
    return undefined;
  }

  /** Words of a fixed set stand in the catalogue under the name of their set. */
  const sets: Record<string, string> = {
    roles: "role",
    answerBy: "answerBy",
    digest: "digestBy",
    srtp: "srtp",
    shown: "shownCaller",
    identity: "identityBy",
    codecs: "codec",
  };
  const languages: Record<string, string> = { "zh-CN": "中文", en: "English" };

  function show(value: unknown, field: string): string {
    if (Array.isArray(value)) return value.length > 0 ? list(value.map((one) => show(one, field))) : "–";
    if (typeof value === "object" && value !== null) {
      // A rule for numbers, a skill with its level, or what happens to a caller whom a queue cannot keep.
      const { skill, level, kind, ...rest } = value as Record<string, unknown>;
      if (field === "rewrites") {
        const { prefix, strip, add } = rest as { prefix: string; strip: number; add: string };
        return `${prefix}… −${strip} +${add}`;
      }
      if (field === "webCalls") {
        const { on, numbers, origins } = rest as { on: boolean; numbers: string[]; origins: string[] };
        return [show(on, "on"), show(numbers, "numbers"), show(origins, "origins")].join(" · ");
      }
      if (field === "relay") {
        const { urls, only } = rest as { urls: string[]; only: boolean };
        return [show(urls, "urls"), show(only, "only")].join(" · ");
      }
      if (skill !== undefined) return `${show(skill, "skill")} ${level}`;
      const to = Object.values(rest).filter(Boolean);
      return [t(`overflow.${kind}`), ...to.map((one) => show(one, "to"))].join(" · ");
    }
    const text = String(value);
    const key = `${sets[field]}.${text}`;
    if (sets[field] && i18n.exists(key)) return t(key);
    return (field === "language" && languages[text]) || (named(text) ?? text);
  }

  /** Who saved, by name. */
  async function by(id: Kept["updatedBy"]): Promise<string | null> {
    if (!id) return null;
    if (!named(id))
      await queries
        .fetchQuery({ queryKey: adminKey("agents"), queryFn: () => everyPage(admin.agents) })
        .catch(() => {});
    return named(id) ?? null;
  }
  return { show, by };
}
