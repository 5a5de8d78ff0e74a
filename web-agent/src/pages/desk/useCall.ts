// Doing something to a call or a seat: ask, show it is on its way, say what was refused.

import { App } from "antd";
import { create } from "zustand";
import type {
  CallAction,
  CallCard,
  CallCommand,
  InteractionId,
  QueueId,
  SeatCommand,
  SuperviseCommand,
  WaitingCommand,
} from "../../contract.gen";
import { inFocus } from "../../desk/fold";
import { ringer } from "../../desk/ring";
import { askCall, askDial, askSeat, askSupervise, askTakeParked, askWaiting, useDesk } from "../../desk/store";
import { saying } from "../../ui/say";

/** Which dialog of the call in focus is open; a shortcut may open it from any page. */
export const useDialogs = create<{ open: "transfer" | "consult" | "keypad" | "dial" | null; of: string | null }>(
  () => ({
    open: null,
    of: null,
  }),
);
export const closeDialogs = () => useDialogs.setState({ open: null, of: null });

const useBusy = create<Record<string, true>>(() => ({}));

export const EXTEND_MS = 60_000;

/** The plain commands; the others need more than a press. */
const plain: Partial<Record<CallAction, CallCommand>> = {
  answer: { kind: "answer" },
  reject: { kind: "reject" },
  hold: { kind: "hold" },
  resume: { kind: "resume" },
  mute: { kind: "mute" },
  unmute: { kind: "unmute" },
  park: { kind: "park" },
  swap: { kind: "swap" },
  join: { kind: "join" },
  complete: { kind: "complete" },
  drop: { kind: "drop", leg: null },
  pause_recording: { kind: "pause_recording", reason: "agent" },
  resume_recording: { kind: "resume_recording" },
  hangup: { kind: "hangup" },
};

export const useFocus = (): CallCard | null => useDesk((state) => inFocus(state.desk.cards, state.picked));

export function useDo() {
  const { message } = App.useApp();
  const busy = useBusy();
  async function once(id: string, what: () => Promise<void>): Promise<boolean> {
    if (useBusy.getState()[id]) return false;
    useBusy.setState({ [id]: true });
    try {
      await what();
      return true;
    } catch (why) {
      void message.error(saying(why));
      return false;
    } finally {
      useBusy.setState(({ [id]: _, ...rest }) => rest, true);
    }
  }
  const call = (card: CallCard, command: CallCommand) =>
    once(`${card.interaction}:${command.kind}`, () => askCall(card.interaction, command));
  const dial = (number: string, queue: QueueId | null) => {
    ringer.unlock();
    return once("dial", () => askDial(number, queue));
  };
  const takeParked = (interaction: InteractionId) => {
    ringer.unlock();
    return once(`take:${interaction}`, () => askTakeParked(interaction));
  };
  const supervise = (interaction: InteractionId, command: SuperviseCommand) =>
    once(`supervise:${interaction}`, () => askSupervise(interaction, command));
  const waiting = (interaction: InteractionId, command: WaitingCommand) =>
    once(`waiting:${interaction}`, () => askWaiting(interaction, command));
  const seat = (command: SeatCommand) => {
    // "Go ready" is the gesture that lets the ring sound later, and the moment to ask for notifications.
    ringer.unlock();
    if (typeof Notification !== "undefined" && Notification.permission === "default")
      void Notification.requestPermission();
    return once(`seat:${command.kind}`, () => askSeat(command));
  };
  function press(card: CallCard, action: CallAction): void {
    if (!card.allowed.includes(action)) return;
    const command = plain[action];
    if (command) void call(card, command);
    else if (action === "transfer") useDialogs.setState({ open: "transfer", of: card.interaction });
    else if (action === "consult") useDialogs.setState({ open: "consult", of: card.interaction });
    else if (action === "send_digits") useDialogs.setState({ open: "keypad", of: card.interaction });
    else if (action === "end_wrap_up") void seat({ kind: "end_wrap_up" });
    else if (action === "extend_wrap_up") void seat({ kind: "extend_wrap_up", byMs: EXTEND_MS });
  }
  return { call, dial, seat, supervise, takeParked, waiting, press, busy: (id: string) => busy[id] === true };
}
