import { useSyncExternalStore } from "react";
import { serverNow } from "../desk/store";
import { clock } from "./format";

// One ticking clock for every timer on the screen, and none while no timer is shown.
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | null = null;
let shown = 0;

function tick() {
  shown = Math.floor(serverNow() / 250) * 250;
  for (const listener of listeners) listener();
}
function subscribe(listener: () => void) {
  listeners.add(listener);
  timer ??= setInterval(tick, 250);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };
}
const frame = () => {
  const now = serverNow();
  if (Math.abs(now - shown) > 300) shown = Math.floor(now / 250) * 250;
  return shown;
};

/** Now, by the server's clock, four times a second. */
export const useNow = () => useSyncExternalStore(subscribe, frame);

/** Time passed since a moment. */
export function Since({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return <time className={`num ${className ?? ""}`}>{clock(now - at)}</time>;
}

/** Time left until a moment. */
export function Until({ at, className }: { at: number; className?: string }) {
  const now = useNow();
  return <time className={`num ${className ?? ""}`}>{clock(Math.max(0, at - now) + 999)}</time>;
}

/** A bar that shrinks to nothing at `until`; drawn by the browser, not by us. */
export function Shrink({ from, until, label }: { from: number; until: number; label: string }) {
  const whole = Math.max(1, until - from);
  const gone = Math.min(whole, Math.max(0, serverNow() - from));
  return (
    <div
      className="shrink"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(100 - (100 * gone) / whole)}
    >
      <span key={until} style={{ animationDuration: `${whole}ms`, animationDelay: `-${gone}ms` }} />
    </div>
  );
}
