// The screen is a fold over what the server tells: `next = fold(state, message)`. Pure; no clock, no socket.
// Messages are numbered from 1; `n: 0` is out of band (an answer to an intent, a board, going away) and moves no number.
// A number already folded changes nothing; a number skipped asks for a resync; a snapshot always starts afresh.

import type {
  CallAction,
  CallCard,
  CardGone,
  DeskMessage,
  DeskWords,
  InteractionId,
  LiveAgent,
  LiveCall,
  LiveQueue,
  NoticeLevel,
  ParkedCall,
  Seat,
  SeatWhy,
  Supervising,
} from "../contract.gen";

export type Board = {
  at: number;
  calls: Record<string, LiveCall>;
  agents: Record<string, LiveAgent>;
  queues: Record<string, LiveQueue>;
};

export type Notice = { n: number; at: number; level: NoticeLevel; code: string; values: Record<string, string> };
export type Gone = { interaction: InteractionId; why: CardGone; at: number };

export type DeskState = {
  /** The last number folded; asked for on reconnect. 0: nothing yet. */
  last: number;
  /** A number was skipped: what is shown may be wrong until a resync. */
  gap: boolean;
  seat: Seat | null;
  seatWhy: SeatWhy | null;
  /** Oldest first. */
  cards: CallCard[];
  /** Calls that left, newest first, at most 20. */
  gone: Gone[];
  /** Newest first, at most 20. */
  notices: Notice[];
  board: Board | null;
  /** The talk I am in as a supervisor. */
  supervising: Supervising | null;
  /** Callers in numbered places, whoever put them there. */
  parked: ParkedCall[];
  /** What was last written on a line I take part in. */
  said: { agent: string; words: DeskWords } | null;
  /** The server said it goes down. */
  goingAway: boolean;
};

export const emptyDesk: DeskState = {
  last: 0,
  gap: false,
  seat: null,
  seatWhy: null,
  cards: [],
  gone: [],
  notices: [],
  board: null,
  supervising: null,
  parked: [],
  said: null,
  goingAway: false,
};

const KEPT = 20;

export function fold(state: DeskState, message: DeskMessage): DeskState {
  if (message.kind === "snapshot") {
    return {
      ...state,
      last: message.n,
      gap: false,
      seat: message.seat,
      seatWhy: message.seat.statusWhy,
      cards: message.cards,
      supervising: message.supervising,
      parked: message.parked ?? [],
      goingAway: false,
    };
  }
  if (message.n === 0) return apply(state, message);
  if (message.n <= state.last) return state;
  if (message.n > state.last + 1) return state.gap ? state : { ...state, gap: true };
  return { ...apply(state, message), last: message.n, gap: false };
}

function apply(state: DeskState, message: DeskMessage): DeskState {
  switch (message.kind) {
    case "snapshot":
      return state;
    case "seat":
      return { ...state, seat: message.seat, seatWhy: message.why };
    case "card":
      return { ...state, cards: upsert(state.cards, message.card) };
    case "card_gone": {
      if (!state.cards.some((card) => card.interaction === message.interaction)) return state;
      const gone: Gone = { interaction: message.interaction, why: message.why, at: message.at };
      return {
        ...state,
        cards: state.cards.filter((card) => card.interaction !== message.interaction),
        gone: [gone, ...state.gone].slice(0, KEPT),
      };
    }
    case "supervising":
      return { ...state, supervising: message.supervising };
    case "said":
      return { ...state, said: { agent: message.agent, words: message.words } };
    case "parked":
      return { ...state, parked: message.parked };
    case "board": {
      const board = state.board ?? { at: 0, calls: {}, agents: {}, queues: {} };
      const calls = { ...board.calls };
      for (const call of message.calls) calls[call.interaction] = call;
      for (const id of message.callsGone) delete calls[id];
      const agents = { ...board.agents };
      for (const agent of message.agents) agents[agent.seat.agent] = agent;
      for (const id of message.agentsGone) delete agents[id];
      const queues = { ...board.queues };
      for (const queue of message.queues) queues[queue.queue] = queue;
      for (const id of message.queuesGone) delete queues[id];
      return { ...state, board: { at: Math.max(board.at, message.at), calls, agents, queues } };
    }
    case "notice": {
      const notice: Notice = {
        n: message.n,
        at: message.at,
        level: message.level,
        code: message.code,
        values: Object.fromEntries(message.values),
      };
      return { ...state, notices: [notice, ...state.notices].slice(0, KEPT) };
    }
    case "going_away":
      return { ...state, goingAway: true };
    case "done":
    case "refused":
      return state;
    default:
      return newer(state, message);
  }
}

/** A server newer than this page may say more; what is not known here changes nothing. */
function newer(state: DeskState, _message: never): DeskState {
  return state;
}

function upsert(cards: CallCard[], card: CallCard): CallCard[] {
  const at = cards.findIndex((known) => known.interaction === card.interaction);
  return at < 0 ? [...cards, card] : cards.with(at, card);
}

/** Only what the server allows now. */
export function may(card: CallCard | null | undefined, action: CallAction): boolean {
  return card?.allowed.includes(action) ?? false;
}

/** Cards that should be heard: ringing, and the offer not yet over. */
export function ringing(state: DeskState, now: number): CallCard[] {
  return state.cards.filter((card) => card.state === "ringing" && (card.until === null || card.until > now));
}

/** The call to show: the one picked if it is still here; else the one in talk, then ringing, then the newest. */
export function inFocus(cards: CallCard[], picked: InteractionId | null): CallCard | null {
  const order: CallCard["state"][] = ["talking", "held", "connecting", "ringing", "wrap_up"];
  const rank = (card: CallCard) => order.indexOf(card.state);
  const chosen = cards.find((card) => card.interaction === picked);
  return chosen ?? [...cards].sort((a, b) => rank(a) - rank(b) || b.stateSince - a.stateSince)[0] ?? null;
}
