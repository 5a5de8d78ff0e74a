// Prompts put, deleted, and each change taken back.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { admin, Problem, type Prompt } from "../../../api";
import { useList } from "../../../ui/bits";
import { saying } from "../../../ui/say";
import { adminKey } from "../reading";
import { type Undo, undoOf, userOf } from "./plan";

export const usePrompts = () =>
  useQuery({
    queryKey: adminKey("prompts"),
    queryFn: async () => (await admin.prompts.list()).items,
    staleTime: 10_000,
  });

/** How long a change can be taken back, in seconds. */
const UNDO_S = 12;

export function useChange() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const queries = useQueryClient();
  const list = useList();
  const open = useRef<Undo[]>([]);

  const fresh = () => queries.invalidateQueries({ queryKey: adminKey("prompts") });
  const failed = (why: unknown) => {
    const users = why instanceof Problem && why.code === "in_use" ? (why.body.usedBy ?? []) : [];
    const named = (told: string) => {
      const one = userOf(told);
      return one ? t(`prompts.user.${one.kind}`, { name: one.name }) : told;
    };
    void message.error(users.length > 0 ? t("prompts.inUse", { who: list(users.map(named)) }) : saying(why));
  };

  async function takeBack() {
    const all = open.current.reverse();
    open.current = [];
    if (all.length === 0) return;
    message.destroy("prompts");
    try {
      for (const one of all) {
        if (one.put) await admin.prompts.put(one, new Blob([one.put], { type: "audio/wav" }));
        else await admin.prompts.remove(one);
      }
      void message.success(t("prompts.undone"));
    } catch (why) {
      failed(why);
    }
    await fresh();
  }

  /** Tells of a change, with a way back. */
  const told = (text: string, undos: Undo[], faults: string[] = []) => {
    open.current = undos;
    const broken = faults.length > 0;
    void message.open({
      key: "prompts",
      type: broken ? "warning" : "success",
      duration: UNDO_S,
      onClose: () => {
        if (open.current === undos) open.current = [];
      },
      content: (
        <span>
          {text} {broken && t("admin.flowFaults", { flows: list(faults) })}
          <Button type="link" size="small" onClick={() => void takeBack()}>
            {t("prompts.undo")}
          </Button>
        </span>
      ),
    });
  };

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const inText = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
      const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
      if (!undo || inText || open.current.length === 0) return;
      event.preventDefault();
      void takeBack();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  });

  const remove = (one: Prompt) =>
    modal.confirm({
      title: t("admin.removeAsk", { name: one.name }),
      content: t(one.builtIn ? "prompts.removeOver" : "prompts.removeGone"),
      okText: t("form.remove"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          const audio = await admin.prompts.audio(one);
          await admin.prompts.remove(one);
          told(t("prompts.removed", { name: one.name }), [undoOf(one, one, audio)]);
        } catch (why) {
          failed(why);
        }
        await fresh();
      },
    });

  return { fresh, told, remove };
}
