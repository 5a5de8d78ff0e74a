// Saving over somebody else's save: both are shown, a person decides, and what was typed is never lost on the way.

import { ExclamationCircleFilled } from "@ant-design/icons";
import { App, Button } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api";
import { moment } from "./format";
import { alike, merge, touched } from "./merge";

type Answer = "mine" | "theirs" | "back";
type Versioned = { version: number; updatedAt?: number };

export type Save<D extends Versioned, E extends object, R> = {
  /** What the edit began from. */
  base: E;
  version: number;
  mine: E;
  put: (version: number, edit: E) => Promise<R>;
  /** The document as somebody else saved it; null: it cannot be had. */
  theirs: (why: Problem) => Promise<D | null>;
  /** Its fields, as an edit has them. */
  edit: (doc: D) => E;
  /** The fields people see, by name. */
  labels: Record<string, string>;
  show?: (value: unknown, field: string) => ReactNode;
  width?: number;
  /** Who saved it. */
  by?: (doc: D) => Promise<string | null>;
};

/** Saves; where somebody was quicker, asks. Theirs may win; going back to the form throws the server's refusal. */
export function useSave() {
  const { t } = useTranslation();
  const { modal } = App.useApp();

  function ask(title: ReactNode, content: ReactNode, width = 640): Promise<Answer> {
    return new Promise((answer) => {
      const done = (what: Answer) => {
        answer(what);
        shown.destroy();
      };
      const shown = modal.confirm({
        title,
        width,
        icon: <ExclamationCircleFilled />,
        content: (
          <>
            <p>{t("conflict.hint")}</p>
            {content}
          </>
        ),
        onCancel: () => answer("back"),
        footer: (
          <div className="row conflict-foot">
            <Button type="text" onClick={() => done("back")}>
              {t("conflict.back")}
            </Button>
            <span className="grow" />
            <Button onClick={() => done("theirs")}>{t("conflict.theirs")}</Button>
            <Button type="primary" autoFocus onClick={() => done("mine")}>
              {t("conflict.mine")}
            </Button>
          </div>
        ),
      });
    });
  }

  return async function save<D extends Versioned, E extends object, R>(
    it: Save<D, E, R>,
  ): Promise<{ saved: R } | { theirs: D }> {
    let { version, mine } = it;
    for (;;) {
      try {
        return { saved: await it.put(version, mine) };
      } catch (why) {
        if (!(why instanceof Problem && why.code === "version_conflict")) throw why;
        const theirs = await it.theirs(why);
        if (!theirs) throw why;
        const now = it.edit(theirs);
        const who = (await it.by?.(theirs)) ?? null;
        const when = theirs.updatedAt === undefined ? "" : moment(theirs.updatedAt);
        const answer = await ask(
          who ? t("conflict.by", { name: who, when }) : t("conflict.title"),
          <Differences base={it.base} theirs={now} mine={it.mine} labels={it.labels} show={it.show} />,
          it.width,
        );
        if (answer === "back") throw why;
        if (answer === "theirs") return { theirs };
        [version, mine] = [theirs.version, merge(it.base, now, it.mine)];
      }
    }
  };
}

type Fields = Record<string, unknown>;
type Sides = Pick<Save<Versioned, object, unknown>, "base" | "mine" | "labels" | "show"> & { theirs: object };

/** What either changed, side by side; marked is what stands where mine is kept. */
function Differences({ base, theirs, mine, labels, show }: Sides) {
  const { t } = useTranslation();
  const [from, now, wanted] = [base as Fields, theirs as Fields, mine as Fields];
  const cell = (value: unknown, field: string): ReactNode => {
    if (typeof value === "boolean") return t(value ? "form.yes" : "form.no");
    if (value === null || value === undefined || value === "") return "–";
    return show?.(value, field) ?? String(value);
  };
  const fields = touched(from, now, wanted).filter((field) => labels[field]);
  return (
    <table className="differences">
      <thead>
        <tr>
          <th>{t("conflict.field")}</th>
          <th>{t("conflict.theirsNow")}</th>
          <th>{t("conflict.mineNow")}</th>
        </tr>
      </thead>
      <tbody>
        {fields.map((field) => {
          const changed = !alike(wanted[field], from[field]);
          return (
            <tr key={field}>
              <th>{labels[field]}</th>
              <td className={changed ? "" : "wins"}>{cell(now[field], field)}</td>
              <td className={changed ? "wins" : ""}>{cell(wanted[field], field)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
