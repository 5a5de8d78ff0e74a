// One prompt at a time, played where it stands in the list.

import { useCallback, useEffect, useRef, useState } from "react";
import { readSound } from "./sound";

export type Heard = {
  key: string;
  state: "loading" | "playing" | "paused" | "failed";
  at: number;
  ms: number;
  shape: number[];
};

export function usePlayer() {
  const [heard, setHeard] = useState<Heard | null>(null);
  const sound = useRef<{ key: string; audio: HTMLAudioElement; url: string } | null>(null);
  const wanted = useRef<string | null>(null);

  const stop = useCallback(() => {
    wanted.current = null;
    const it = sound.current;
    sound.current = null;
    if (it) {
      it.audio.pause();
      URL.revokeObjectURL(it.url);
    }
    setHeard(null);
  }, []);
  useEffect(() => stop, [stop]);

  async function begin(key: string, load: () => Promise<ArrayBuffer>) {
    stop();
    wanted.current = key;
    setHeard({ key, state: "loading", at: 0, ms: 0, shape: [] });
    const change = (some: Partial<Heard>) => setHeard((now) => (now?.key === key ? { ...now, ...some } : now));
    try {
      const bytes = await load();
      if (wanted.current !== key) return;
      const { sound: read } = readSound(bytes);
      const url = URL.createObjectURL(new Blob([bytes], { type: "audio/wav" }));
      const audio = new Audio(url);
      sound.current = { key, audio, url };
      audio.ontimeupdate = () => change({ at: audio.currentTime * 1000 });
      audio.onplay = () => change({ state: "playing" });
      audio.onpause = () => change({ state: "paused" });
      audio.onended = () => change({ state: "paused", at: 0 });
      audio.onerror = () => change({ state: "failed" });
      change({ ms: read?.ms ?? 0, shape: read?.shape ?? [] });
      await audio.play();
    } catch {
      if (wanted.current === key) change({ state: "failed" });
    }
  }

  const toggle = (key: string, load: () => Promise<ArrayBuffer>) => {
    const it = sound.current;
    if (it?.key !== key || heard?.state === "failed") return void begin(key, load);
    if (it.audio.paused) void it.audio.play().catch(() => {});
    else it.audio.pause();
  };
  const seek = (part: number) => {
    const audio = sound.current?.audio;
    if (audio?.duration) audio.currentTime = Math.min(0.999, Math.max(0, part)) * audio.duration;
  };
  return { heard, toggle, seek, stop };
}
