// What a screen stands in: words, a signed-in person, and a server that answers as told and remembers what it was asked.

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render } from "@testing-library/react";
import { App, ConfigProvider } from "antd";
import i18next from "i18next";
import type { ReactNode } from "react";
import { initReactI18next } from "react-i18next";
import { vi } from "vitest";
import type { Me } from "../src/api";
import { meKey } from "../src/app/session";
import en from "../src/locales/en.json";
import zh from "../src/locales/zh-CN.json";

export const me: Me = {
  agent: { id: "1", name: "Ann", username: "ann", team: null },
  roles: ["agent", "admin"],
  permissions: ["desk.use", "calls.read", "customers.read", "customers.write", "admin.read", "admin.write"],
  language: "en",
  zone: "Asia/Shanghai",
  mustChangePassword: false,
};

export type Asked = { method: string; path: string; body: unknown };
type Answer = { status?: number; body?: unknown };
export type Answers = (asked: Asked) => Answer | undefined | Promise<Answer | undefined>;

/** Answers the browser's requests; what `answers` does not know is empty. */
export function serve(answers: Answers): Asked[] {
  const all: Asked[] = [];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    const body = init?.body ? JSON.parse(String(init.body)) : undefined;
    const asked = { method: init?.method ?? "GET", path: url.replace("/api/v1", ""), body };
    all.push(asked);
    const { status = 200, body: said = {} } = (await answers(asked)) ?? {};
    return status === 204 ? new Response(null, { status }) : Response.json(said, { status });
  });
  return all;
}
export const written = (all: Asked[]) => all.filter((one) => one.method !== "GET");

export async function speak(language: "en" | "zh-CN" = "en") {
  if (!i18next.isInitialized) {
    const resources = { en: { translation: en }, "zh-CN": { translation: zh } };
    await i18next.use(initReactI18next).init({ lng: language, resources, interpolation: { escapeValue: false } });
  }
  await i18next.changeLanguage(language);
}

export function open(screen: ReactNode, data: [readonly unknown[], unknown][] = []) {
  cleanup();
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  queries.setQueryData(meKey, me);
  for (const [key, value] of data) queries.setQueryData(key, value);
  const house = ({ children }: { children: ReactNode }) => (
    <QueryClientProvider client={queries}>
      <ConfigProvider button={{ autoInsertSpace: false }} theme={{ token: { motion: false } }}>
        <App>{children}</App>
      </ConfigProvider>
    </QueryClientProvider>
  );
  return render(screen, { wrapper: house });
}
