// Disposition and notes. Typed in talk or after it; kept on the server every 2 s; saved in at most three key presses:
// a digit for one of the five most used, then Ctrl+Enter.

import { CheckOutlined } from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Button, Input } from "antd";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { interactions } from "../../api";
import { usePrefs } from "../../app/prefs";
import type { CallCard } from "../../contract.gen";
import { may } from "../../desk/fold";
import { useDesk } from "../../desk/store";
import { Key } from "../../ui/bits";
import { saying } from "../../ui/say";
import { Dispositions } from "./Dispositions";
import { useSetup } from "./SeatControl";
import { forQueue } from "./tree";
import { useDo } from "./useCall";

const DRAFT_MS = 2000;

export function AfterWork({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const setup = useSetup();
  const { seat, busy } = useDo();
  const { used, set } = usePrefs();
  const [saving, setSaving] = useState(false);
  const [wrong, setWrong] = useState<string | null>(null);
  const { work, setWork, loaded, draftState } = useWork(card);
  const tree = useMemo(() => forQueue(setup.data?.dispositions ?? [], card.queue), [setup.data, card.queue]);
  const wrap = card.state === "wrap_up";
  const mayDispose = may(card, "dispose");

  async function save(finish: boolean) {
    if (!mayDispose) return;
    if (work.dispositions.length === 0) return setWrong(t("wrap.needOne"));
    setWrong(null);
    setSaving(true);
    try {
      await interactions.dispose(card.interaction, work.dispositions, work.notes.trim());
      setWork({ ...work, savedNotes: work.notes });
      const more = Object.fromEntries(work.dispositions.map((id) => [id, (used[id] ?? 0) + 1]));
      set({ used: { ...used, ...more } });
      void queries.invalidateQueries({ queryKey: ["interactions"] });
      if (finish && may(card, "end_wrap_up")) await seat({ kind: "end_wrap_up" });
      else void message.success(t("wrap.saved"));
    } catch (why) {
      void message.error(saying(why));
    } finally {
      setSaving(false);
    }
  }

  return (
    <div
      className="afterwork"
      onKeyDown={(event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          void save(wrap);
        }
      }}
    >
      <Dispositions
        tree={tree}
        chosen={work.dispositions}
        choose={(dispositions) => setWork({ ...work, dispositions })}
        used={used}
        focus={wrap}
        disabled={!mayDispose}
      />
      <div className="notes">
        <span className="notes-head">
          {t("wrap.notes")}
          <span className="soft" aria-live="polite">
            {t(`draft.${draftState}`)}
          </span>
        </span>
        <Input.TextArea
          aria-label={t("wrap.notes")}
          value={work.notes}
          disabled={!loaded}
          autoSize={{ minRows: 3, maxRows: 10 }}
          maxLength={8000}
          placeholder={t("wrap.notesHint")}
          onChange={(event) => setWork({ ...work, notes: event.target.value })}
        />
      </div>
      {wrong && (
        <p className="wrong" role="alert">
          {wrong}
        </p>
      )}
      <div className="row">
        <span className="soft grow">
          <Key chord="Mod+Enter" /> {wrap ? t("wrap.saveFinish") : t("wrap.save")}
        </span>
        <Button onClick={() => void save(false)} disabled={!mayDispose} loading={saving}>
          {t("wrap.save")}
        </Button>
        {wrap && (
          <Button
            type="primary"
            icon={<CheckOutlined />}
            onClick={() => void save(true)}
            disabled={!mayDispose}
            loading={saving || busy("seat:end_wrap_up")}
          >
            {t("wrap.saveFinish")}
          </Button>
        )}
      </div>
    </div>
  );
}

type DraftState = "none" | "typing" | "kept" | "failed";

/** What was typed for this call: from this tab, else from the server's draft, else from what was saved. */
function useWork(card: CallCard) {
  const id = card.interaction;
  const typed = useDesk((state) => state.work[id]);
  const put = useDesk((state) => state.setWork);
  const [draftState, setDraftState] = useState<DraftState>("none");
  const kept = useQuery({
    queryKey: ["draft", id],
    queryFn: () => interactions.one(id),
    enabled: typed === undefined,
    staleTime: 0,
    gcTime: 0,
  });
  const dispositions = card.disposition?.dispositions ?? [];
  const notes = kept.data?.draft ?? card.disposition?.notes ?? "";
  const work = typed ?? { dispositions, notes, savedNotes: notes };
  const loaded = typed !== undefined || !kept.isPending;
  const setWork = useCallback((next: typeof work) => put(id, next), [id, put]);

  const now = useRef(work);
  now.current = work;
  const dirty = typed !== undefined && typed.notes !== typed.savedNotes;
  useEffect(() => {
    if (!dirty) return;
    setDraftState("typing");
    let sent = now.current.savedNotes;
    const keep = () => {
      const { notes } = now.current;
      if (notes === sent) return;
      sent = notes;
      interactions.draft(id, notes).then(
        () => {
          setDraftState("kept");
          const { work: all, setWork: put } = useDesk.getState();
          const mine = all[id];
          if (mine) put(id, { ...mine, savedNotes: notes });
        },
        () => {
          sent = "\u0000";
          setDraftState("failed");
        },
      );
    };
    const timer = setInterval(keep, DRAFT_MS);
    return () => {
      clearInterval(timer);
      keep();
    };
  }, [dirty, id]);
  return { work, setWork, loaded, draftState };
}
