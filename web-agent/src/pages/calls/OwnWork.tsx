// My own word on a call, when its card is long gone: what I typed and did not save, or a form to say it now.

import { EditOutlined } from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { InteractionDetail } from "../../api";
import { useMay, useMe } from "../../app/session";
import { discard, show, type, useWorks } from "../../desk/keeper";
import { useDesk } from "../../desk/store";
import { opened, unsaved } from "../../desk/work";
import { Chip } from "../../ui/bits";
import { when } from "../../ui/format";
import { WorkForm } from "../desk/AfterWork";
import { lastWord, tookPart } from "./mine";

/** `fresh`: read since this was opened; an older answer may hold a draft that is gone. */
export function OwnWork({ call, fresh }: { call: InteractionDetail; fresh: boolean }) {
  const { t } = useTranslation();
  const me = useMe().agent.id;
  const may = useMay();
  const onDesk = useDesk((state) => state.desk.cards.some((card) => card.interaction === call.id));
  const typed = useWorks((state) => state.all[call.id]);
  const [editing, setEditing] = useState(false);
  const saved = useMemo(() => lastWord(call.events, me), [call.events, me]);
  const first = useMemo(() => opened(call.draft, saved), [call.draft, saved]);
  const draft = unsaved(typed ?? first);
  const throwAway = useDiscard(call.id);
  // While this is open, what stands here is what counts.
  useEffect(() => show(call.id), [call.id]);

  if (!may("desk.use") || !(call.draft || tookPart(call.segments, me))) return null;
  if (onDesk) {
    return (
      <p className="hint">
        {t("own.onDesk")} <Link to="/desk">{t("pop.open")}</Link>
      </p>
    );
  }
  if ((typed?.saved ?? saved) && !draft && !editing) {
    return (
      <Button size="small" icon={<EditOutlined />} className="own-edit" onClick={() => setEditing(true)}>
        {t("own.edit")}
      </Button>
    );
  }
  return (
    <section className={draft ? "own own-draft" : "own"} aria-label={t("own.title")}>
      <header className="row">
        <h3 className="grow">{t("own.title")}</h3>
        {draft && <Chip tone="warn">{t("own.draft", { when: when(call.draft?.at ?? Date.now()) })}</Chip>}
      </header>
      <WorkForm
        id={call.id}
        queue={call.queue?.id ?? null}
        first={first}
        ready={fresh || typed !== undefined}
        mayDispose
        focus={false}
        saved={() => setEditing(false)}
        extra={
          (draft || editing) && (
            <Button
              type="text"
              onClick={() => {
                if (draft) throwAway(first);
                setEditing(false);
              }}
            >
              {draft ? t("own.discard") : t("form.cancel")}
            </Button>
          )
        }
      />
    </section>
  );
}

/** Throws the draft away, with the way back. */
function useDiscard(id: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const key = `discard-${id}`;
  return (first: ReturnType<typeof opened>) => {
    const was = discard(id, first);
    const undo = () => {
      message.destroy(key);
      type(id, was, opened(null, first.saved));
    };
    void message.info({
      key,
      duration: 8,
      content: (
        <>
          {t("own.discarded")}{" "}
          <Button type="link" size="small" onClick={undo}>
            {t("form.undo")}
          </Button>
        </>
      ),
    });
  };
}
