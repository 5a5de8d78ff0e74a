// Shortcuts: one table of actions, their keys remappable and kept in this browser. They work while a text field has focus.

import { create } from "zustand";
import { persist } from "zustand/middleware";

export type KeyAction =
  | "answer"
  | "reject"
  | "hold"
  | "mute"
  | "transfer"
  | "park"
  | "parked"
  | "swap"
  | "join"
  | "complete"
  | "drop"
  | "hangup"
  | "keypad"
  | "dial"
  | "hand"
  | "messages"
  | "ready"
  | "finish"
  | "customer"
  | "commands"
  | "help";

export const defaultKeys: Record<KeyAction, string> = {
  answer: "Alt+A",
  reject: "Alt+X",
  hold: "Alt+H",
  mute: "Alt+M",
  transfer: "Alt+T",
  park: "Alt+Q",
  parked: "Alt+L",
  swap: "Alt+S",
  join: "Alt+O",
  complete: "Alt+P",
  drop: "Alt+B",
  hangup: "Alt+E",
  keypad: "Alt+D",
  dial: "Alt+N",
  hand: "Alt+U",
  messages: "Alt+G",
  ready: "Alt+R",
  finish: "Alt+Enter",
  customer: "Alt+C",
  commands: "Mod+K",
  help: "?",
};
export const keyActions = Object.keys(defaultKeys) as KeyAction[];

type Press = Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

/** `Alt+A`; the letter is the key's place, because Alt makes other characters on some layouts. `Mod` is Ctrl or Cmd. */
export function chord(press: Press): string | null {
  const letter = /^Key([A-Z])$/.exec(press.code)?.[1] ?? /^Digit([0-9])$/.exec(press.code)?.[1];
  const bare = press.altKey || press.ctrlKey || press.metaKey;
  if (["Alt", "Control", "Meta", "Shift"].includes(press.key)) return null;
  const key = bare ? (letter ?? press.key) : press.key;
  if (!key) return null;
  const parts = [];
  if (press.ctrlKey || press.metaKey) parts.push("Mod");
  if (press.altKey) parts.push("Alt");
  if (press.shiftKey && bare) parts.push("Shift");
  return [...parts, key.length === 1 ? key.toUpperCase() : key].join("+");
}

/** A chord without Alt or Ctrl is text while typing. */
export function actionFor(keys: Record<KeyAction, string>, press: Press, typing: boolean): KeyAction | null {
  const pressed = chord(press);
  if (!pressed || (typing && !/^(Mod|Alt)\+/.test(pressed))) return null;
  return keyActions.find((action) => keys[action] === pressed) ?? null;
}

/** Which other action has this chord already. */
export function clash(keys: Record<KeyAction, string>, action: KeyAction, wanted: string): KeyAction | null {
  return keyActions.find((other) => other !== action && keys[other] === wanted) ?? null;
}

type KeyStore = {
  keys: Record<KeyAction, string>;
  remap: (action: KeyAction, chord: string) => void;
  reset: () => void;
};

export const useKeys = create<KeyStore>()(
  persist(
    (set) => ({
      keys: defaultKeys,
      remap: (action, wanted) => set((state) => ({ keys: { ...state.keys, [action]: wanted } })),
      reset: () => set({ keys: defaultKeys }),
    }),
    {
      name: "zuoxi-keys",
      // Actions added since this was stored get their default.
      merge: (stored, now) => ({ ...now, keys: { ...defaultKeys, ...((stored as Partial<KeyStore>)?.keys ?? {}) } }),
    },
  ),
);

type Handlers = Partial<Record<KeyAction, () => void>>;
const stack: { current: Handlers }[] = [];

/** The handlers of the newest screen that has one for the action win. */
export function onKeys(handlers: { current: Handlers }): () => void {
  stack.push(handlers);
  return () => void stack.splice(stack.indexOf(handlers), 1);
}

export function run(action: KeyAction): boolean {
  for (const { current } of [...stack].reverse()) {
    const handler = current[action];
    if (handler) {
      handler();
      return true;
    }
  }
  return false;
}

export function listen(): () => void {
  const pressed = (event: KeyboardEvent) => {
    const at = event.target;
    const typing =
      at instanceof HTMLElement && (at.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(at.tagName));
    const action = actionFor(useKeys.getState().keys, event, typing);
    if (action && run(action)) event.preventDefault();
  };
  window.addEventListener("keydown", pressed, true);
  return () => window.removeEventListener("keydown", pressed, true);
}
