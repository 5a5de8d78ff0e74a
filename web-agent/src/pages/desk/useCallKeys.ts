// The call's shortcuts, on every page. Answer and reject go to what rings; the others to the call in focus.

import { useKeyHandlers } from "../../app/Shell";
import type { CallCard } from "../../contract.gen";
import { actionOf } from "../../desk/callbar";
import { inFocus, ringing } from "../../desk/fold";
import type { KeyAction } from "../../desk/keys";
import { serverNow, useDesk } from "../../desk/store";
import { canDial } from "./Dial";
import { firstParked } from "./Parked";
import { useDialogs, useDo } from "./useCall";

export function useCallKeys() {
  const { press, seat } = useDo();
  const focus = (): CallCard | null => {
    const { desk, picked } = useDesk.getState();
    return inFocus(desk.cards, picked);
  };
  const rings = (): CallCard | null => {
    const { desk, picked } = useDesk.getState();
    const all = ringing(desk, serverNow());
    return all.find((card) => card.interaction === picked) ?? all[0] ?? null;
  };
  const to = (card: () => CallCard | null, key: KeyAction) => () => {
    const now = card();
    const action = actionOf(now, key);
    if (!now || !action) return;
    if (key === "answer") useDesk.getState().pick(now.interaction);
    press(now, action);
  };
  useKeyHandlers({
    answer: to(rings, "answer"),
    reject: to(rings, "reject"),
    hold: to(focus, "hold"),
    mute: to(focus, "mute"),
    transfer: to(focus, "transfer"),
    park: to(focus, "park"),
    parked: firstParked,
    swap: to(focus, "swap"),
    join: to(focus, "join"),
    complete: to(focus, "complete"),
    drop: to(focus, "drop"),
    keypad: to(focus, "keypad"),
    hangup: to(focus, "hangup"),
    finish: to(focus, "finish"),
    dial: () => canDial(useDesk.getState().desk) && useDialogs.setState({ open: "dial", of: null }),
    ready: () => void seat({ kind: "ready" }),
  });
}
