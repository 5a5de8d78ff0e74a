// What went wrong, in the reader's language: by its code where the catalogue has it, else in the server's words.

import i18next from "i18next";
import { Problem } from "../api";
import { Refused } from "../desk/socket";

export function saying(why: unknown): string {
  const coded = why instanceof Problem || why instanceof Refused ? why : null;
  if (!coded) return i18next.t("error.unexpected");
  const key = `error.code.${coded.code}`;
  if (i18next.exists(key)) return i18next.t(key);
  return coded.message || i18next.t("error.unexpected");
}
