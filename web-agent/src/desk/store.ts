// The desk as screens see it: the fold, the line, the server's clock. One per tab.

import { create } from "zustand";
import { checkSession } from "../api";
import type {
  CallCommand,
  DeskAsk,
  DeskMessage,
  InteractionId,
  QueueId,
  SeatCommand,
  SuperviseCommand,
  WaitingCommand,
} from "../contract.gen";
import { type DeskState, emptyDesk, fold } from "./fold";
import { forgetAll, onDesk } from "./keeper";
import { DeskSocket, type Link } from "./socket";

type DeskStore = {
  desk: DeskState;
  link: Link;
  /** When the line was last up, by our clock; null before the first time. */
  upAt: number | null;
  skewMs: number;
  picked: InteractionId | null;
  pick: (interaction: InteractionId | null) => void;
};

export const useDesk = create<DeskStore>()((set) => ({
  desk: emptyDesk,
  link: "connecting",
  upAt: null,
  skewMs: 0,
  picked: null,
  pick: (picked) => set({ picked }),
}));

/** Now by the server's clock: all timers and bars run on it. */
export const serverNow = () => Date.now() + useDesk.getState().skewMs;

const BOARD_MS = 250;
let socket: DeskSocket | null = null;
let boards: DeskMessage[] = [];
let boardWaits = false;
let watchers = 0;

function flushBoards() {
  boardWaits = false;
  const batch = boards;
  boards = [];
  useDesk.setState((state) => ({ desk: batch.reduce(fold, state.desk) }));
}

function hear(message: DeskMessage): boolean {
  // Boards out of band come many a second: one commit to the screen per 250 ms.
  if (message.kind === "board" && message.n === 0) {
    boards.push(message);
    if (!boardWaits) setTimeout(flushBoards, BOARD_MS);
    boardWaits = true;
    return false;
  }
  const before = useDesk.getState().desk;
  const desk = fold(before, message);
  if (desk !== before) useDesk.setState({ desk });
  if (desk.cards !== before.cards) onDesk(desk.cards.map((card) => card.interaction));
  return desk.gap && !before.gap;
}

export function connectDesk() {
  if (socket) return;
  const url = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v1/desk/ws`;
  socket = new DeskSocket(url, {
    open: (to) => new WebSocket(to),
    last: () => useDesk.getState().desk.last,
    hear,
    link: (link) => {
      useDesk.setState((state) => ({ link, upAt: link === "up" || state.link === "up" ? Date.now() : state.upAt }));
      if (link === "up") {
        // A gap is over once the line is new: what comes next is counted from `after`.
        useDesk.setState((state) => ({ desk: { ...state.desk, gap: false } }));
        if (watchers > 0) void askDesk({ ask: "watch_board", on: true }).catch(() => {});
      }
    },
    doubt: checkSession,
    skew: (skewMs) => useDesk.setState({ skewMs }),
    now: () => Date.now(),
    random: () => Math.random(),
  });
  socket.start();
}

export function disconnectDesk() {
  socket?.stop();
  socket = null;
  boards = [];
  useDesk.setState({ desk: emptyDesk, link: "connecting", upAt: null, picked: null });
  forgetAll();
}

export function askDesk(ask: DeskAsk): Promise<void> {
  if (!socket) return Promise.reject(new Error("the desk is not connected"));
  return socket.ask(ask);
}

export const askCall = (interaction: InteractionId, command: CallCommand) =>
  askDesk({ ask: "call", interaction, command });
export const askSupervise = (interaction: InteractionId, command: SuperviseCommand) =>
  askDesk({ ask: "supervise", interaction, command });
export const askWaiting = (interaction: InteractionId, command: WaitingCommand) =>
  askDesk({ ask: "waiting", interaction, command });
export const askTakeParked = (interaction: InteractionId) => askDesk({ ask: "take_parked", interaction });
export const askDial = (number: string, queue: QueueId | null) => askDesk({ ask: "dial", number, queue });
export const askSeat = (command: SeatCommand) => askDesk({ ask: "seat", command });

/** The board moves while somebody watches. Returns how to stop. */
export function watchBoard(): () => void {
  watchers++;
  if (watchers === 1) void askDesk({ ask: "watch_board", on: true }).catch(() => {});
  return () => {
    watchers--;
    if (watchers === 0) {
      void askDesk({ ask: "watch_board", on: false }).catch(() => {});
      useDesk.setState((state) => ({ desk: { ...state.desk, board: null } }));
    }
  };
}
