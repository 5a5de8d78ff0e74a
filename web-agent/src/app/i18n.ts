// Two languages, each a catalogue of its own, loaded when spoken. `test/catalogue.test.ts` fails on a missing or unused key.

import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type { Language } from "./prefs";

const load = {
  "zh-CN": async () => {
    const [words, antd] = await Promise.all([
      import("../locales/zh-CN.json"),
      import("antd/locale/zh_CN"),
      import("dayjs/locale/zh-cn"),
    ]);
    return { words: words.default, antd: antd.default, dayjs: "zh-cn" };
  },
  en: async () => {
    const [words, antd] = await Promise.all([import("../locales/en.json"), import("antd/locale/en_US")]);
    return { words: words.default, antd: antd.default, dayjs: "en" };
  },
};
export type Loaded = Awaited<ReturnType<(typeof load)["en"]>>;
const loaded = new Map<Language, Loaded>();

export async function speak(language: Language): Promise<Loaded> {
  const [{ default: dayjs }, mine] = await Promise.all([import("dayjs"), loaded.get(language) ?? load[language]()]);
  loaded.set(language, mine as Loaded);
  dayjs.locale(mine.dayjs);
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      resources: { [language]: { translation: mine.words } },
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  } else {
    i18next.addResourceBundle(language, "translation", mine.words, true, true);
    await i18next.changeLanguage(language);
  }
  document.documentElement.lang = language;
  return mine as Loaded;
}
