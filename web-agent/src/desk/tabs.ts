// Two tabs of one person: the one that holds the lock rings; the others show the same and say so. Taking over steals it.

import { create } from "zustand";

const LOCK = "zuoxi-phone";

export const useTabs = create<{ owns: boolean }>(() => ({ owns: false }));

let release: (() => void) | null = null;
let asked = 0;

function hold(steal: boolean) {
  if (!("locks" in navigator)) {
    // Plain http on a far address has no Web Locks; then every tab rings, which is better than none.
    useTabs.setState({ owns: true });
    return;
  }
  const mine = ++asked;
  const held = () =>
    new Promise<void>((done) => {
      release = done;
      useTabs.setState({ owns: true });
    });
  navigator.locks.request(LOCK, steal ? { steal: true } : {}, held).catch(() => {
    // Stolen by another tab: wait in line to own it again when that one closes.
    if (mine !== asked) return;
    useTabs.setState({ owns: false });
    hold(false);
  });
}

export const joinTabs = () => hold(false);
export const takeOver = () => hold(true);
export function leaveTabs() {
  asked++;
  release?.();
  release = null;
  useTabs.setState({ owns: false });
}
