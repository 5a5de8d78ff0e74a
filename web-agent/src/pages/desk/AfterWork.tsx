// Disposition and notes. Typed in talk, after it, or days later from the call list; kept on the server every 2 s; saved in
// at most three key presses: a digit for one of the five most used, then Ctrl+Enter.

import { CheckOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { interactions } from "../../api";
import { usePrefs } from "../../app/prefs";
import type { CallCard } from "../../contract.gen";
import { may } from "../../desk/fold";
import { save, show, type, useWorks } from "../../desk/keeper";
import { opened, type Typed, type Work } from "../../desk/work";
import { Key } from "../../ui/bits";
import { saying } from "../../ui/say";
import { Dispositions } from "./Dispositions";
import { useSetup } from "./SeatControl";
import { forQueue } from "./tree";
import { useDo } from "./useCall";

/** Of the call in focus: the draft is read once, then this tab knows better. */
export function AfterWork({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const { seat, busy } = useDo();
  const typed = useWorks((state) => state.all[card.interaction] !== undefined);
  const kept = useQuery({
    queryKey: ["draft", card.interaction],
    queryFn: () => interactions.one(card.interaction),
    enabled: !typed,
    staleTime: 0,
    gcTime: 0,
  });
  const first = useMemo(() => opened(kept.data?.draft ?? null, card.disposition), [kept.data, card.disposition]);
  const wrap = card.state === "wrap_up";
  return (
    <WorkForm
      id={card.interaction}
      queue={card.queue}
      first={first}
      ready={typed || !kept.isPending}
      mayDispose={may(card, "dispose")}
      focus={wrap}
      finish={
        wrap && may(card, "end_wrap_up")
          ? { word: t("wrap.saveFinish"), busy: busy("seat:end_wrap_up"), after: () => seat({ kind: "end_wrap_up" }) }
          : undefined
      }
    />
  );
}

type Props = {
  id: string;
  queue: string | null;
  /** What stands here until something is typed. */
  first: Work;
  /** `first` is known. */
  ready: boolean;
  mayDispose: boolean;
  focus: boolean;
  /** What Ctrl+Enter does besides saving. */
  finish?: { word: string; busy: boolean; after: () => Promise<unknown> };
  /** Once it is saved and stays open. */
  saved?: () => void;
  extra?: ReactNode;
};

export function WorkForm({ id, queue, first, ready, mayDispose, focus, finish, saved, extra }: Props) {
  const { t } = useTranslation();
  const setup = useSetup();
  const { used } = usePrefs();
  const now = useWorks((state) => state.all[id]) ?? first;
  const tree = useMemo(() => forQueue(setup.data?.dispositions ?? [], queue), [setup.data, queue]);
  const { keep, saving, wrong } = useSave(id, first, saved);
  useEffect(() => show(id), [id]);
  const edit = (some: Partial<Typed>) => type(id, some, first);
  const done = (whole: boolean) => mayDispose && ready && void keep(now, whole ? finish?.after : undefined);

  return (
    <div
      className="afterwork"
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          done(true);
        }
      }}
    >
      <Dispositions
        tree={tree}
        all={setup.data?.dispositions ?? []}
        chosen={now.dispositions}
        choose={(dispositions) => edit({ dispositions })}
        used={used}
        focus={focus}
        disabled={!mayDispose || !ready}
      />
      <div className="notes">
        <span className="notes-head">
          {t("wrap.notes")}
          <span className={now.state === "failed" || now.state === "refused" ? "wrong" : "soft"} aria-live="polite">
            {t(`draft.${now.state}`)}
          </span>
        </span>
        <Input.TextArea
          aria-label={t("wrap.notes")}
          value={now.notes}
          disabled={!ready}
          autoSize={{ minRows: 3, maxRows: 10 }}
          maxLength={8000}
          placeholder={t("wrap.notesHint")}
          onChange={(event) => edit({ notes: event.target.value })}
        />
      </div>
      {wrong && now.dispositions.length === 0 && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
      <div className="row">
        <span className="soft grow">
          <Key chord="Mod+Enter" /> {finish?.word ?? t("wrap.save")}
        </span>
        {extra}
        <Button
          type={finish ? "default" : "primary"}
          onClick={() => done(false)}
          disabled={!mayDispose || !ready}
          loading={saving}
        >
          {t("wrap.save")}
        </Button>
        {finish && (
          <Button
            type="primary"
            icon={<CheckOutlined />}
            onClick={() => done(true)}
            disabled={!mayDispose || !ready}
            loading={saving || finish.busy}
          >
            {finish.word}
          </Button>
        )}
      </div>
    </div>
  );
}

function useSave(id: string, first: Work, saved?: () => void) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [saving, setSaving] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  async function keep(now: Work, after?: () => Promise<unknown>) {
    if (saving) return;
    if (now.dispositions.length === 0) return setWrong(t("wrap.needOne"));
    setWrong(null);
    setSaving(true);
    try {
      const { dispositions } = await save(id, first, after !== undefined);
      const { used, set } = usePrefs.getState();
      const fresh = dispositions.filter((one) => !now.saved?.dispositions.includes(one));
      set({ used: { ...used, ...Object.fromEntries(fresh.map((one) => [one, (used[one] ?? 0) + 1])) } });
      void queries.invalidateQueries({ queryKey: ["interactions"] });
      if (after) await after();
      else void message.success(t("wrap.saved"));
      saved?.();
    } catch (why) {
      void message.error(saying(why));
    } finally {
      setSaving(false);
    }
  }
  return { keep, saving, wrong };
}
