// What went wrong, in the reader's language: by its code where the catalogue has it, else in the server's words.

import i18next from "i18next";
import { type FieldError, Problem } from "../api";
import { Refused } from "../desk/socket";

export function saying(why: unknown): string {
  const coded = why instanceof Problem || why instanceof Refused ? why : null;
  if (!coded) return i18next.t("error.unexpected");
  const key = `error.code.${coded.code}`;
  if (i18next.exists(key)) return i18next.t(key);
  return coded.message || i18next.t("error.unexpected");
}

/** What is wrong with a field. The server's message is English; in Chinese its rule has a word. */
export function fault(one: FieldError): string {
  const key = `rule.${one.rule}`;
  return i18next.language !== "en" && i18next.exists(key) ? i18next.t(key) : one.message;
}
