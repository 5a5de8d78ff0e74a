// One flow as text: checked while typing by the server's own compiler, published with a note, every version kept.

import {
  CheckCircleFilled,
  CloseCircleFilled,
  DeleteOutlined,
  HistoryOutlined,
  WarningFilled,
} from "@ant-design/icons";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useBlocker, useNavigate, useParams } from "@tanstack/react-router";
import { App, Button, Drawer, Input, Modal, Skeleton, Spin } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type AdminFlow, admin, type Change, type FlowProblem, Problem } from "../../api";
import { useMay } from "../../app/session";
import { Chip } from "../../ui/bits";
import { useSave } from "../../ui/conflict";
import { DetailPage } from "../../ui/DetailPage";
import { Failed } from "../../ui/Failed";
import { moment } from "../../ui/format";
import { against, shortened } from "../../ui/lines";
import { saying } from "../../ui/say";
import { CodeEditor, type EditorHandle } from "./CodeEditor";
import { currentOf, useShown } from "./shown";
import { adminKey } from "./Things";

const CHECK_MS = 500;

export function FlowPage() {
  const { name } = useParams({ strict: false }) as { name: string };
  const flows = useQuery({
    queryKey: [...adminKey("flows"), name],
    // A name not kept yet is a new flow.
    queryFn: () =>
      admin.flows.one(name).catch((why) => {
        if (why instanceof Problem && why.status === 404) return null;
        throw why;
      }),
  });
  if (flows.isError) {
    return (
      <main className="page">
        <Failed why={flows.error} again={() => void flows.refetch()} />
      </main>
    );
  }
  if (flows.isPending) {
    return (
      <main className="page">
        <Skeleton active />
      </main>
    );
  }
  const flow = flows.data;
  return <Editor key={`${name} ${flow?.version}`} name={name} flow={flow} />;
}

function Editor({ name, flow }: { name: string; flow: AdminFlow | null }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const go = useNavigate();
  const may = useMay();
  const queries = useQueryClient();
  const yaml = flow?.yaml ?? `name: ${name}\n`;
  const version = flow?.version ?? 0;
  const [text, setText] = useState(yaml);
  const [note, setNote] = useState<string | null>(null);
  const [history, setHistory] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<FlowProblem[] | null>(null);
  const editor = useRef<EditorHandle>(null);
  const saveOver = useSave();
  const { by } = useShown();
  const { problems, checking } = useCheck(name, text);
  const shown = refused ?? problems;
  const errors = shown.filter((one) => one.severity === "error").length;
  const dirty = text !== yaml;
  useBlocker({
    shouldBlockFn: () => dirty && !window.confirm(t("flow.leave")),
    enableBeforeUnload: () => dirty,
    disabled: !dirty,
  });

  function remove() {
    if (!flow) return;
    void modal.confirm({
      title: t("admin.removeAsk", { name }),
      content: t("admin.removeHint"),
      okText: t("form.remove"),
      okButtonProps: { danger: true },
      onOk: async () => {
        try {
          await admin.flows.remove(name, flow.version);
          await queries.invalidateQueries({ queryKey: adminKey("flows") });
          void go({ to: "/admin/$section", params: { section: "flows" }, ignoreBlocker: true });
        } catch (why) {
          void message.error(saying(why));
        }
      },
    });
  }

  async function publish() {
    setBusy(true);
    try {
      const done = await saveOver<AdminFlow, { yaml: string }, AdminFlow>({
        base: { yaml },
        version,
        mine: { yaml: text },
        put: (began, edit) => admin.flows.save(name, edit.yaml, note?.trim() ?? "", began),
        theirs: async (why) => currentOf<AdminFlow>(why),
        edit: (doc) => ({ yaml: doc.yaml }),
        labels: { yaml: t("flow.yaml") },
        show: (value) => <Changed base={yaml} text={String(value)} />,
        by: (doc) => by(doc.updatedBy),
        width: 960,
      });
      setNote(null);
      if ("saved" in done) void message.success(t("flow.published", { version: done.saved.version }));
      setRefused(null);
      await queries.invalidateQueries({ queryKey: adminKey("flows") });
    } catch (why) {
      // The note stays, for the next try; a flow that is wrong is mended first.
      const wrong = why instanceof Problem ? why.body.problems : undefined;
      if (wrong) {
        setNote(null);
        setRefused(wrong);
      }
      void message.error(saying(why));
    } finally {
      setBusy(false);
    }
  }

  return (
    <DetailPage
      back="/admin/flows"
      backLabel={t("admin.flows")}
      title={name}
      facts={
        <>
          <Chip>{version > 0 ? t("flow.running", { version }) : t("flow.isNew")}</Chip>
          {flow && <span className="soft">{moment(flow.updatedAt)}</span>}
          {dirty && <Chip tone="warn">{t("flow.dirty")}</Chip>}
        </>
      }
      actions={
        <>
          {flow && may("admin.write") && (
            <Button type="text" icon={<DeleteOutlined />} aria-label={t("form.removeOne", { name })} onClick={remove} />
          )}
          <Button icon={<HistoryOutlined />} onClick={() => setHistory(true)} disabled={version === 0}>
            {t("flow.history")}
          </Button>
          {may("admin.write") && (
            <Button type="primary" disabled={!dirty || errors > 0} onClick={() => setNote("")}>
              {t("flow.publish")}
            </Button>
          )}
        </>
      }
    >
      <div className="flow">
        <CodeEditor
          ref={editor}
          label={t("flow.yaml")}
          value={text}
          readOnly={!may("admin.write")}
          problems={shown}
          change={(next) => {
            setText(next);
            setRefused(null);
          }}
        />
        <Problems problems={shown} checking={checking} go={(one) => editor.current?.go(one.line, one.column)} />
      </div>
      <Modal
        open={note !== null}
        onCancel={() => setNote(null)}
        onOk={() => void publish()}
        confirmLoading={busy}
        okText={t("flow.publish")}
        okButtonProps={{ disabled: !note?.trim() }}
        title={t("flow.publishTitle", { name })}
        destroyOnHidden
      >
        <p className="gap-b">{t("flow.publishHint")}</p>
        <Input.TextArea
          autoFocus
          value={note ?? ""}
          onChange={(event) => setNote(event.target.value)}
          placeholder={t("flow.note")}
          aria-label={t("flow.note")}
          maxLength={500}
          autoSize={{ minRows: 2 }}
        />
      </Modal>
      {flow && (
        <History
          open={history}
          name={name}
          close={() => setHistory(false)}
          now={version}
          take={(old) => {
            if (old.item) setText(old.item.yaml);
            setHistory(false);
          }}
        />
      )}
    </DetailPage>
  );
}

/** The lines that were changed since `base`, with what stands beside them. */
function Changed({ base, text }: { base: string; text: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled by keyboard too
    <pre className="changed" tabIndex={0}>
      {shortened(against(base, text)).map((line, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is where it is
        <span key={n} className={line?.fresh ? "fresh" : ""}>
          {line === null ? "⋯" : line.text || " "}
        </span>
      ))}
    </pre>
  );
}

/** The server's compiler, when typing pauses. */
function useCheck(name: string, text: string) {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), CHECK_MS);
    return () => clearTimeout(timer);
  }, [text]);
  const check = useQuery({
    queryKey: ["admin", "check", name, settled],
    queryFn: ({ signal }) => admin.flows.check(name, settled, signal),
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  });
  return { problems: check.data?.problems ?? [], checking: check.isFetching || settled !== text };
}

function Problems({
  problems,
  checking,
  go,
}: {
  problems: FlowProblem[];
  checking: boolean;
  go: (one: FlowProblem) => void;
}) {
  const { t, i18n } = useTranslation();
  return (
    <aside className="problems" aria-label={t("flow.problems")} aria-live="polite">
      <h2>
        {t("flow.problems")} {checking && <Spin size="small" />}
      </h2>
      {problems.length === 0 ? (
        <p className="stat-ok">
          <CheckCircleFilled /> {t("flow.fine")}
        </p>
      ) : (
        <ul>
          {problems.map((one) => (
            <li key={`${one.line}:${one.column} ${one.code}`}>
              <button type="button" onClick={() => go(one)}>
                {one.severity === "error" ? (
                  <CloseCircleFilled className="stat-bad" aria-label={t("flow.error")} />
                ) : (
                  <WarningFilled className="stat-warn" aria-label={t("flow.warning")} />
                )}
                <span>
                  {i18n.language === "zh-CN" ? one.zh : one.en}
                  <small>
                    {[t("flow.line", { line: one.line, column: one.column }), one.node].filter(Boolean).join(" · ")}
                  </small>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}

type Version = Change<AdminFlow>;

function History({
  open,
  close,
  name,
  now,
  take,
}: {
  open: boolean;
  close: () => void;
  name: string;
  now: number;
  take: (old: Version) => void;
}) {
  const { t } = useTranslation();
  const may = useMay();
  const versions = useQuery({
    queryKey: ["admin", "flow-versions", name, now],
    queryFn: () => admin.flows.versions(name),
    enabled: open,
  });
  return (
    <Drawer open={open} onClose={close} size={560} title={t("flow.history")} destroyOnHidden>
      {versions.isPending && <Skeleton active />}
      <ol className="versions">
        {versions.data?.items.map((one) => (
          <li key={one.version}>
            <header>
              <b className="num">{t("flow.versionN", { version: one.version })}</b>
              {one.version === now && <Chip tone="ok">{t("flow.now")}</Chip>}
              <span className="soft num grow">{moment(one.at)}</span>
              {one.item && one.version !== now && may("admin.write") && (
                <Button size="small" onClick={() => take(one)}>
                  {t("flow.take")}
                </Button>
              )}
            </header>
            {one.note && <p>{one.note}</p>}
            {one.item && (
              <details>
                <summary>{t("flow.show")}</summary>
                <pre>{one.item.yaml}</pre>
              </details>
            )}
          </li>
        ))}
      </ol>
    </Drawer>
  );
}
