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
  /** What I talked on last: a station, or this browser. */
  station: string | null;
  /** What tells this browser from my others. */
  browser: string;
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
      station: null,
      browser: Array.from(crypto.getRandomValues(new Uint32Array(4)), (one) => one.toString(36)).join(""),
      set: (some) => set(some.language ? { ...some, languageChosen: true } : some),
    }),
    { name: "zuoxi-prefs" },
  ),
);

// A name that was made up now is kept at once, or the next load would make up another.
usePrefs.setState({});

const darkWanted = () => window.matchMedia?.("(prefers-color-scheme: dark)");
export const modeOf = (look: Look): Mode => (look === "system" ? (darkWanted()?.matches ? "dark" : "light") : look);
export function onSystemLook(then: () => void): () => void {
  const query = darkWanted();
  query?.addEventListener("change", then);
  return () => query?.removeEventListener("change", then);
}
