// What a person chose for this browser: language, light or dark, how loud the ring is, how fast recordings play.

import { create } from "zustand";
import { persist } from "zustand/middleware";
import type { Mode } from "./palette";

export type Language = "zh-CN" | "en";
export type Look = Mode | "system";

type Prefs = {
  language: Language;
  /** Chosen here, rather than taken from the person or the browser. */
  languageChosen: boolean;
  look: Look;
  /** 0 to 1. */
  ringVolume: number;
  notify: boolean;
  speed: number;
  /** How often each disposition was chosen here: the most used come first. */
  used: Record<string, number>;
  set: (some: Partial<Omit<Prefs, "set">>) => void;
};

const spoken = (): Language => (navigator.language?.toLowerCase().startsWith("zh") ? "zh-CN" : "en");

export const usePrefs = create<Prefs>()(
  persist(
    (set) => ({
      language: spoken(),
      languageChosen: false,
      look: "system",
      ringVolume: 0.6,
      notify: true,
      speed: 1,
      used: {},
      set: (some) => set(some.language ? { ...some, languageChosen: true } : some),
    }),
    { name: "zuoxi-prefs" },
  ),
);

const darkWanted = () => window.matchMedia?.("(prefers-color-scheme: dark)");
export const modeOf = (look: Look): Mode => (look === "system" ? (darkWanted()?.matches ? "dark" : "light") : look);
export function onSystemLook(then: () => void): () => void {
  const query = darkWanted();
  query?.addEventListener("change", then);
  return () => query?.removeEventListener("change", then);
}
