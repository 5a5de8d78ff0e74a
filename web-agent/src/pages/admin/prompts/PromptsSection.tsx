// What callers hear: built in, and the company's own over it. A list by language, played in place; files are dropped on it.

import {
  BranchesOutlined,
  CaretRightFilled,
  DeleteOutlined,
  LoadingOutlined,
  PauseOutlined,
  TeamOutlined,
  UploadOutlined,
} from "@ant-design/icons";
import { Link } from "@tanstack/react-router";
import { Button, Input, Segmented, Table, type TableColumnsType, Tooltip } from "antd";
import { type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { admin, type Prompt, type PromptFolder } from "../../../api";
import { useMay } from "../../../app/session";
import { Chip, Nothing, Panel, PermissionGate } from "../../../ui/bits";
import { Failed } from "../../../ui/Failed";
import { bytes, clock, moment } from "../../../ui/format";
import { folders, keyOf, shown } from "./plan";
import "./prompts.css";
import { type Into, UploadDrawer, wordOf } from "./UploadDrawer";
import { useChange, usePrompts } from "./useChange";
import { type Heard, usePlayer } from "./usePlayer";
import { Length, Wave } from "./Wave";

export function PromptsSection() {
  const { t } = useTranslation();
  const may = useMay();
  const writes = may("admin.write");
  const prompts = usePrompts();
  const { fresh, told, remove } = useChange();
  const player = usePlayer();
  const [language, setLanguage] = useState<PromptFolder>("zh-CN");
  const [typed, setTyped] = useState("");
  const [upload, setUpload] = useState<{ into: Into; files: File[] } | null>(null);
  const all = prompts.data ?? [];
  const rows = shown(all, language, typed);
  const add = (files: File[] = []) => setUpload({ into: { language, name: null }, files });
  const replace = (one: Prompt) => setUpload({ into: { language: one.language, name: one.name }, files: [] });
  const play = (one: Prompt) => player.toggle(keyOf(one), () => admin.prompts.audio(one));

  return (
    <Dropped take={writes ? add : null}>
      <header className="page-head">
        <div className="grow">
          <h1>{t("admin.prompts")}</h1>
          <p>{t("prompts.hint")}</p>
        </div>
        <Input.Search
          allowClear
          placeholder={t("admin.find")}
          aria-label={t("admin.find")}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className="admin-find"
        />
        <PermissionGate need="admin.write">
          <Button type="primary" icon={<UploadOutlined />} onClick={() => add()}>
            {t("prompts.upload")}
          </Button>
        </PermissionGate>
      </header>
      <div className="prompts-bar">
        <Segmented
          value={language}
          onChange={(value) => {
            player.stop();
            setLanguage(value);
          }}
          aria-label={t("prompts.language")}
          options={folders.map((value) => ({
            value,
            label: (
              <span>
                {t(`prompts.folder.${wordOf[value]}`)}{" "}
                <span className="num soft">{all.filter((one) => one.language === value).length}</span>
              </span>
            ),
          }))}
        />
        <span className="soft prompts-keys">{t(writes ? "prompts.keys" : "prompts.keysPlay")}</span>
      </div>
      <Panel className="admin-table">
        <Table<Prompt>
          size="middle"
          rowKey={keyOf}
          columns={columns({ t, player, play, replace, remove: (one) => void remove(one), writes })}
          dataSource={rows}
          loading={prompts.isPending}
          pagination={{ pageSize: 100, hideOnSinglePage: true, showSizeChanger: false }}
          scroll={{ x: 720 }}
          onRow={(one) => ({
            tabIndex: 0,
            "aria-label": one.name,
            onKeyDown: (event) => {
              if (event.target !== event.currentTarget) return;
              if (event.key === "Enter" || event.key === " ") play(one);
              else if (event.key === "ArrowDown") neighbour(event.currentTarget, "nextElementSibling");
              else if (event.key === "ArrowUp") neighbour(event.currentTarget, "previousElementSibling");
              else if (event.key === "Escape") player.stop();
              else if (event.key === "Delete" && writes && one.own) remove(one);
              else if (event.key.toLowerCase() === "r" && writes && !event.ctrlKey && !event.metaKey) replace(one);
              else return;
              event.preventDefault();
            },
          })}
          locale={{
            emptyText: prompts.isError ? (
              <Failed why={prompts.error} again={() => void prompts.refetch()} />
            ) : prompts.isPending ? (
              <span />
            ) : typed.trim() ? (
              <Nothing art="search" title={t("word.nothing")} />
            ) : (
              <Nothing
                title={t("prompts.none")}
                hint={t(`prompts.about.${wordOf[language]}`)}
                action={writes ? <Button onClick={() => add()}>{t("prompts.upload")}</Button> : undefined}
              />
            ),
          }}
        />
      </Panel>
      {upload && (
        <UploadDrawer
          {...upload}
          known={all}
          close={() => setUpload(null)}
          done={(undos, faults) => {
            player.stop();
            void fresh();
            const [first] = undos;
            if (first) setLanguage(first.language);
            told(t("prompts.kept"), undos, faults);
          }}
        />
      )}
    </Dropped>
  );
}

function neighbour(row: HTMLElement, where: "nextElementSibling" | "previousElementSibling") {
  const next = row[where];
  if (next instanceof HTMLElement && next.tabIndex === 0) next.focus();
}

type Doing = {
  t: (key: string, values?: Record<string, unknown>) => string;
  player: ReturnType<typeof usePlayer>;
  play: (one: Prompt) => void;
  replace: (one: Prompt) => void;
  remove: (one: Prompt) => void;
  writes: boolean;
};
function columns({ t, player, play, replace, remove, writes }: Doing): TableColumnsType<Prompt> {
  const heard = (one: Prompt) => (player.heard?.key === keyOf(one) ? player.heard : null);
  return [
    {
      title: t("prompts.name"),
      render: (_, one) => <Sound one={one} heard={heard(one)} play={() => play(one)} seek={player.seek} />,
    },
    {
      title: t("prompts.length"),
      width: 72,
      align: "right",
      render: (_, one) => <Length ms={one.durationMs} />,
    },
    {
      title: t("prompts.size"),
      width: 84,
      align: "right",
      render: (_, one) => <span className="num soft">{bytes(one.bytes)}</span>,
    },
    {
      title: t("prompts.source"),
      width: 84,
      render: (_, one) =>
        one.own ? (
          <Tooltip title={one.changedAt ? t("prompts.changed", { when: moment(one.changedAt) }) : undefined}>
            <span>
              <Chip tone="info">{t("prompts.own")}</Chip>
            </span>
          </Tooltip>
        ) : (
          <Chip>{t("admin.builtin")}</Chip>
        ),
    },
    { title: t("prompts.usedBy"), width: 190, render: (_, one) => <Users one={one} /> },
    {
      title: <span className="sr">{t("form.edit")}</span>,
      width: 84,
      align: "right",
      hidden: !writes,
      render: (_, one) => (
        <span className="prompts-acts">
          <Tooltip title={t("prompts.replace")}>
            <Button
              type="text"
              icon={<UploadOutlined />}
              aria-label={t("prompts.replaceOne", { name: one.name })}
              onClick={() => replace(one)}
            />
          </Tooltip>
          {one.own && (
            <Tooltip title={t("form.remove")}>
              <Button
                type="text"
                danger
                icon={<DeleteOutlined />}
                aria-label={t("form.removeOne", { name: one.name })}
                onClick={() => remove(one)}
              />
            </Tooltip>
          )}
        </span>
      ),
    },
  ];
}

type SoundProps = { one: Prompt; heard: Heard | null; play: () => void; seek: (part: number) => void };
function Sound({ one, heard, play, seek }: SoundProps) {
  const { t } = useTranslation();
  const state = heard?.state;
  const icon =
    state === "loading" ? <LoadingOutlined /> : state === "playing" ? <PauseOutlined /> : <CaretRightFilled />;
  const word = state === "playing" ? "prompts.pauseOne" : "prompts.playOne";
  return (
    <div className="prompts-sound">
      <Button shape="circle" icon={icon} aria-label={t(word, { name: one.name })} onClick={play} />
      <div className="grow">
        <b className="mono">{one.name}</b>
        {heard && state === "failed" ? (
          <p className="wrong" role="alert">
            {t("prompts.failed")}
          </p>
        ) : heard && heard.shape.length > 0 ? (
          <div className="row">
            <Wave shape={heard.shape} part={heard.ms ? heard.at / heard.ms : 0} seek={seek} />
            <span className="num soft">{clock(heard.at)}</span>
          </div>
        ) : (
          one.says && !one.own && <p className="soft prompts-says">{one.says}</p>
        )}
      </div>
    </div>
  );
}

/** Users named in a row; more are told by number. */
const named = 2;
function Users({ one }: { one: Prompt }) {
  const { t } = useTranslation();
  const users: [string, ReactNode][] = [
    ...one.flows.map((name): [string, ReactNode] => [
      t("prompts.user.flow", { name }),
      <Link key={`f${name}`} to="/admin/flows/$name" params={{ name }} title={t("prompts.user.flow", { name })}>
        <Chip icon={<BranchesOutlined aria-label={t("admin.flow")} />}>{name}</Chip>
      </Link>,
    ]),
    ...one.queues.map((name): [string, ReactNode] => [
      t("prompts.user.queue", { name }),
      <Chip key={`q${name}`} icon={<TeamOutlined aria-label={t("word.queue")} />}>
        {name}
      </Chip>,
    ]),
  ];
  if (users.length === 0) return <span className="soft">–</span>;
  const rest = users.slice(named);
  return (
    <span className="chips">
      {users.slice(0, named).map(([, chip]) => chip)}
      {rest.length > 0 && (
        <Tooltip title={rest.map(([text]) => <div key={text}>{text}</div>)}>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the rest is told on focus */}
          <span className="chip chip-plain" tabIndex={0}>
            {t("prompts.more", { count: rest.length })}
          </span>
        </Tooltip>
      )}
    </span>
  );
}

/** The page itself takes files. */
function Dropped({ take, children }: { take: ((files: File[]) => void) | null; children: ReactNode }) {
  const { t } = useTranslation();
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const files = (event: React.DragEvent) => take !== null && [...event.dataTransfer.types].includes("Files");
  const away = () => {
    depth.current = 0;
    setOver(false);
  };
  return (
    <main
      className={`page prompts ${over ? "over" : ""}`}
      onDragEnter={(event) => {
        if (!files(event)) return;
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => files(event) && event.preventDefault()}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) away();
      }}
      onDrop={(event) => {
        if (!files(event)) return;
        event.preventDefault();
        away();
        take?.([...event.dataTransfer.files]);
      }}
    >
      {children}
      {over && (
        <div className="prompts-over" aria-hidden="true">
          <UploadOutlined /> {t("prompts.dropHere")}
        </div>
      )}
    </main>
  );
}
