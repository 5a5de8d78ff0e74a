// Files on their way to be prompts: each with its length and shape, the name it gets and what it replaces, before it is sent.

import { CheckCircleFilled, CloseOutlined, InboxOutlined } from "@ant-design/icons";
import { Button, Drawer, Input, Progress, Segmented } from "antd";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { admin, Problem, type Prompt, type PromptFolder } from "../../../api";
import { bytes } from "../../../ui/format";
import { fault, saying } from "../../../ui/say";
import { folders, type Item, nameFault, othersOf, replaced, sendable, suggested, type Undo, undoOf } from "./plan";
import { mostBytes, mostMinutes, readSound } from "./sound";
import { Length, Wave } from "./Wave";

/** Where a row's own file goes: its name stands. */
export type Into = { language: PromptFolder; name: string | null };

type Props = {
  into: Into;
  files: File[];
  known: Prompt[];
  close: () => void;
  /** What was put there, and how each is taken back. */
  done: (undos: Undo[], faults: string[]) => void;
};

let keys = 0;
async function read(file: File, name: string | null): Promise<Item> {
  const large = file.size > mostBytes;
  const heard = large ? { sound: null, fault: "too_large" as const } : readSound(await file.arrayBuffer());
  return { key: ++keys, file, name: name ?? suggested(file.name), heard, sent: null, done: false, refused: null };
}

export function UploadDrawer({ into, files, known, close, done }: Props) {
  const { t } = useTranslation();
  const [language, setLanguage] = useState<PromptFolder>(into.language);
  const [items, setItems] = useState<Item[]>([]);
  const [busy, setBusy] = useState(false);
  const one = into.name !== null;
  const ready = sendable(items, language, known);

  const add = async (more: File[]) => {
    const fresh = await Promise.all((one ? more.slice(0, 1) : more).map((file) => read(file, into.name)));
    setItems((now) => (one ? fresh : [...now, ...fresh]));
  };
  const began = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the files it was opened with, once
  useEffect(() => {
    if (began.current) return;
    began.current = true;
    void add(files);
  }, []);
  const change = (key: number, some: Partial<Item>) =>
    setItems((now) => now.map((item) => (item.key === key ? { ...item, ...some } : item)));

  async function send() {
    setBusy(true);
    const [undos, faults, failed]: [Undo[], Set<string>, number[]] = [[], new Set(), []];
    for (const item of ready) {
      const at = { language, name: item.name };
      const before = replaced(item.name, language, known);
      try {
        const audio = before?.own ? await admin.prompts.audio(before) : null;
        change(item.key, { sent: 0, refused: null });
        const kept = await admin.prompts.put(at, item.file, (sent) => change(item.key, { sent }));
        undos.push(undoOf(before, at, audio));
        faults.clear();
        for (const flow of kept.flowFaults) faults.add(flow.flow);
        change(item.key, { sent: null, done: true });
      } catch (why) {
        failed.push(item.key);
        const errors = why instanceof Problem ? why.errors.map(fault) : [];
        change(item.key, { sent: null, refused: errors.join(" ") || saying(why) });
      }
    }
    setBusy(false);
    if (undos.length > 0) done(undos, [...faults]);
    const left = items.length - undos.length;
    if (left === 0) close();
  }

  return (
    <Drawer
      open
      onClose={close}
      size={560}
      title={one ? t("prompts.replaceOne", { name: into.name ?? "" }) : t("prompts.uploadTitle")}
      footer={
        <div className="row">
          <span className="grow" />
          <Button onClick={close}>{t(items.some((item) => item.done) ? "prompts.close" : "form.cancel")}</Button>
          <Button type="primary" loading={busy} disabled={ready.length === 0} onClick={() => void send()}>
            {ready.length > 1 ? t("prompts.sendMany", { count: ready.length }) : t("prompts.upload")}
          </Button>
        </div>
      }
    >
      {!one && (
        <div className="prompts-into">
          <Segmented
            value={language}
            onChange={setLanguage}
            disabled={busy}
            aria-label={t("prompts.language")}
            options={folders.map((value) => ({ value, label: t(`prompts.folder.${wordOf[value]}`) }))}
          />
          <p className="soft">{t(`prompts.about.${wordOf[language]}`)}</p>
        </div>
      )}
      <DropZone many={!one} take={(more) => void add(more)} />
      <ul className="prompts-files">
        {items.map((item) => (
          <FileRow
            key={item.key}
            item={item}
            fixed={one || busy}
            nameWrong={item.done ? null : nameFault(item.name, language, othersOf(item, items), known)}
            over={item.done ? null : replaced(item.name, language, known)}
            rename={(name) => change(item.key, { name, refused: null })}
            drop={() => setItems((now) => now.filter((other) => other.key !== item.key))}
          />
        ))}
      </ul>
    </Drawer>
  );
}

/** The catalogue's word of each folder. */
export const wordOf = { "zh-CN": "zh", en: "en", music: "music", all: "all" } as const;

function DropZone({ many, take }: { many: boolean; take: (files: File[]) => void }) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  return (
    <>
      <button
        type="button"
        className={`prompts-drop ${over ? "over" : ""}`}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take([...event.dataTransfer.files]);
        }}
      >
        <InboxOutlined className="prompts-drop-art" />
        <b>{t(many ? "prompts.pickMany" : "prompts.pick")}</b>
        <span className="soft">{t("prompts.kinds", { minutes: mostMinutes, size: mostBytes >> 20 })}</span>
      </button>
      <input
        ref={input}
        type="file"
        hidden
        multiple={many}
        accept=".wav,audio/wav,audio/x-wav"
        aria-label={t("prompts.pick")}
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = "";
        }}
      />
    </>
  );
}

type RowProps = {
  item: Item;
  fixed: boolean;
  nameWrong: string | null;
  over: Prompt | null;
  rename: (name: string) => void;
  drop: () => void;
};
function FileRow({ item, fixed, nameWrong, over, rename, drop }: RowProps) {
  const { t } = useTranslation();
  const wrongId = useId();
  const { sound } = item.heard;
  const wrong = item.heard.fault ?? nameWrong;
  const said = item.refused ?? (wrong ? t(`rule.${wrong}`) : null);
  const fate = over ? t(over.own ? "prompts.overOwn" : "prompts.overBuiltIn") : t("prompts.fresh");
  return (
    <li className={item.done ? "done" : ""}>
      <div className="row">
        {item.done ? (
          <b className="mono grow">{item.name}</b>
        ) : (
          <Input
            value={item.name}
            onChange={(event) => rename(event.target.value.trim())}
            disabled={fixed}
            aria-label={t("prompts.name")}
            aria-describedby={said ? wrongId : undefined}
            status={nameWrong && !item.heard.fault ? "error" : undefined}
            className="mono"
            maxLength={120}
          />
        )}
        <span className="prompts-length">{sound ? <Length ms={sound.ms} soft /> : "–"}</span>
        {item.done ? (
          <CheckCircleFilled className="stat-ok" aria-label={t("prompts.sent")} />
        ) : (
          <Button
            type="text"
            icon={<CloseOutlined />}
            aria-label={t("form.removeOne", { name: item.file.name })}
            disabled={item.sent !== null}
            onClick={drop}
          />
        )}
      </div>
      {sound && sound.shape.length > 0 && <Wave shape={sound.shape} part={0} />}
      {item.sent !== null && (
        <Progress percent={Math.round(item.sent * 100)} size="small" aria-label={t("prompts.sending")} />
      )}
      {said ? (
        <p className="wrong" id={wrongId} role="alert">
          {said}
        </p>
      ) : (
        <p className="soft">
          {item.done ? t("prompts.sent") : fate} · {item.file.name} · {bytes(item.file.size)}
        </p>
      )}
    </li>
  );
}
