// The line between an agent and those who supervise: one per agent. An agent has the own one, a supervisor those of the team.

import { MessageOutlined, SendOutlined } from "@ant-design/icons";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Badge, Button, Drawer, Input, Select, Tooltip } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { create } from "zustand";
import { messages } from "../../api";
import { useKeyHandlers } from "../../app/Shell";
import { useMay, useMe } from "../../app/session";
import type { DeskWords } from "../../contract.gen";
import { useKeys } from "../../desk/keys";
import { useDesk } from "../../desk/store";
import { Face, Key, Nothing } from "../../ui/bits";
import { Failed } from "../../ui/Failed";
import { when } from "../../ui/format";
import { saying } from "../../ui/say";
import { useSetup } from "./SeatControl";

const MOST = 1000;
const linesKey = ["messages", "lines"];

/** Whether the drawer is open, and on whose line. */
const useOpen = create<{ open: boolean; line: string | null }>(() => ({ open: false, line: null }));
export const openLine = (line: string | null) => useOpen.setState({ open: true, line });
const close = () => useOpen.setState({ open: false });

export function MessagesButton() {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const { notification } = App.useApp();
  const said = useDesk((state) => state.desk.said);
  const key = useKeys((state) => state.keys.messages);
  const { data } = useQuery({ queryKey: linesKey, queryFn: messages.lines, staleTime: 30_000 });
  const unread = (data ?? []).reduce((sum, line) => sum + line.unread, 0);
  const seen = useRef(said?.words.id);
  useEffect(() => {
    if (!said || said.words.id === seen.current) return;
    seen.current = said.words.id;
    void queries.invalidateQueries({ queryKey: ["messages"] });
    const { open, line } = useOpen.getState();
    if (said.words.author === me.agent.id || (open && (line ?? me.agent.id) === said.agent)) return;
    notification.info({
      key: `said ${said.agent}`,
      title: said.words.authorName,
      description: said.words.text,
      icon: <MessageOutlined />,
      onClick: () => openLine(said.agent),
    });
  }, [said, me.agent.id, queries, notification]);
  useKeyHandlers({ messages: () => openLine(useOpen.getState().line) });
  return (
    <>
      <Tooltip
        title={
          <>
            {t("messages.title")} <Key chord={key} />
          </>
        }
      >
        <Badge count={unread} size="small" offset={[-4, 4]}>
          <Button
            icon={<MessageOutlined />}
            aria-label={unread > 0 ? t("messages.unread", { n: unread }) : t("messages.title")}
            data-messages={unread}
            onClick={() => openLine(useOpen.getState().line)}
          />
        </Badge>
      </Tooltip>
      <MessagesDrawer />
    </>
  );
}

function MessagesDrawer() {
  const { t } = useTranslation();
  const { open, line } = useOpen();
  const me = useMe();
  const many = useMay()("calls.supervise");
  const shown = line ?? (many ? null : me.agent.id);
  return (
    <Drawer
      open={open}
      onClose={close}
      size={many ? 720 : 420}
      title={t("messages.title")}
      destroyOnHidden
      className="messages"
    >
      {many && <Lines shown={shown} />}
      {shown === null ? (
        <Nothing title={t("messages.pick")} />
      ) : (
        <Thread key={shown} agent={shown} mine={shown === me.agent.id} />
      )}
    </Drawer>
  );
}

/** The lines of my people, the last written to first; and the way to begin one. */
function Lines({ shown }: { shown: string | null }) {
  const { t } = useTranslation();
  const me = useMe();
  const setup = useSetup();
  const { data } = useQuery({ queryKey: linesKey, queryFn: messages.lines });
  return (
    <nav className="message-lines" aria-label={t("messages.lines")}>
      <Select
        showSearch={{ optionFilterProp: "label" }}
        value={null}
        placeholder={t("messages.begin")}
        aria-label={t("messages.begin")}
        options={(setup.data?.agents ?? []).map((one) => ({ value: one.id, label: one.name }))}
        onChange={(agent: string | null) => agent && openLine(agent)}
      />
      <ul>
        {(data ?? []).map((line) => (
          <li key={line.agent}>
            <button
              type="button"
              className={line.agent === shown ? "on" : ""}
              aria-pressed={line.agent === shown}
              onClick={() => openLine(line.agent)}
            >
              <Face name={line.agentName} size={28} />
              <span className="grow cell2">
                <b>{line.agent === me.agent.id ? t("messages.own") : line.agentName}</b>
                <small>{line.newest.text}</small>
              </span>
              <Badge count={line.unread} size="small" />
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Thread({ agent, mine }: { agent: string; mine: boolean }) {
  const { t } = useTranslation();
  const me = useMe();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const [text, setText] = useState("");
  const end = useRef<HTMLLIElement>(null);
  const found = useInfiniteQuery({
    queryKey: ["messages", agent],
    queryFn: ({ pageParam }) => messages.list(agent, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
  });
  const all: DeskWords[] = (found.data?.pages ?? []).flatMap((page) => page.items).reverse();
  const newest = all.at(-1)?.id;
  const write = useMutation({
    mutationFn: (words: string) => messages.write(agent, words),
    onSuccess: () => {
      setText("");
      void queries.invalidateQueries({ queryKey: ["messages"] });
    },
    onError: (why) => void message.error(saying(why)),
  });
  useEffect(() => {
    if (!newest) return;
    end.current?.scrollIntoView({ block: "end" });
    messages.seen(agent, newest).then(
      () => void queries.invalidateQueries({ queryKey: linesKey }),
      // Seen again with the next look.
      () => {},
    );
  }, [agent, newest, queries]);
  const send = () => {
    const words = text.trim();
    if (words && !write.isPending) write.mutate(words);
  };
  return (
    <section className="thread" aria-label={t("messages.line")}>
      {found.isError && <Failed why={found.error} again={() => void found.refetch()} />}
      {found.isSuccess && all.length === 0 && (
        <Nothing title={t("messages.none")} hint={t(mine ? "messages.noneMine" : "messages.noneTheirs")} />
      )}
      <div className="thread-log" role="log" aria-live="polite">
        <ol>
          {found.hasNextPage && (
            <li className="thread-more">
              <Button size="small" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
                {t("messages.earlier")}
              </Button>
            </li>
          )}
          {all.map((one) => (
            <li
              key={one.id}
              className={one.author === me.agent.id ? "mine" : ""}
              ref={one.id === newest ? end : undefined}
            >
              <small>
                {one.author !== me.agent.id && <b>{one.authorName}</b>} <time className="num">{when(one.at)}</time>
              </small>
              <p>{one.text}</p>
            </li>
          ))}
        </ol>
      </div>
      <div className="thread-write">
        <Input.TextArea
          autoFocus
          autoSize={{ minRows: 1, maxRows: 5 }}
          maxLength={MOST}
          value={text}
          placeholder={t("messages.write")}
          aria-label={t("messages.write")}
          onChange={(event) => setText(event.target.value)}
          onPressEnter={(event) => {
            if (event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            send();
          }}
        />
        <Button
          type="primary"
          icon={<SendOutlined />}
          aria-label={t("messages.send")}
          disabled={!text.trim()}
          loading={write.isPending}
          onClick={send}
        />
      </div>
      <p className="hint">{t("messages.hint")}</p>
    </section>
  );
}
