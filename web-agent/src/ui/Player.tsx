// Plays one recording: customer above, agent below, drawn from the server's peaks, sound by HTTP range. Never decodes the
// whole file in the browser. Space plays, arrows seek five seconds.

import { CaretRightFilled, PauseOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Select } from "antd";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import WaveSurfer from "wavesurfer.js";
import { type Recording, recordings } from "../api";
import { palette } from "../app/palette";
import { usePrefs } from "../app/prefs";
import { clock } from "./format";
import { saying } from "./say";

const speeds = [0.5, 0.75, 1, 1.25, 1.5, 2];
const STEP_S = 5;

export function Player({ recording, autoplay = false }: { recording: Recording; autoplay?: boolean }) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer | null>(null);
  const { speed, set } = usePrefs();
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [failed, setFailed] = useState(false);
  const peaks = useQuery({
    queryKey: ["peaks", recording.id],
    queryFn: () => recordings.peaks(recording.id),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });

  useEffect(() => {
    if (!box.current || !peaks.data) return;
    const mode = document.documentElement.dataset.theme === "dark" ? palette.dark : palette.light;
    const sound = new Audio();
    // The first byte is a listening, and is written down: none is asked for before somebody plays.
    sound.preload = "none";
    sound.src = recordings.audio(recording.id);
    const channels = peaks.data.channels;
    const colours = [mode.primaryText, mode.wrap];
    const it = WaveSurfer.create({
      container: box.current,
      media: sound,
      peaks: channels,
      duration: peaks.data.durationMs / 1000,
      height: channels.length > 1 ? 30 : 48,
      splitChannels:
        channels.length > 1
          ? channels.map((_, n) => ({
              waveColor: `${colours[n] ?? mode.text3}88`,
              progressColor: colours[n] ?? mode.text,
            }))
          : undefined,
      waveColor: `${mode.primaryText}88`,
      progressColor: mode.primaryText,
      cursorColor: mode.bad,
      cursorWidth: 2,
      barWidth: 2,
      barGap: 1,
      barRadius: 2,
      normalize: true,
      dragToSeek: true,
    });
    wave.current = it;
    setMade((n) => n + 1);
    it.on("timeupdate", (s) => setAt(s * 1000));
    it.on("play", () => setPlaying(true));
    it.on("pause", () => setPlaying(false));
    it.on("error", () => setFailed(true));
    sound.addEventListener("error", () => setFailed(true));
    if (autoplay) void it.play().catch(() => {});
    return () => {
      wave.current = null;
      it.destroy();
      sound.removeAttribute("src");
      sound.load();
    };
  }, [peaks.data, recording.id, autoplay]);

  const [made, setMade] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new wave starts at speed 1 and must be told again
  useEffect(() => wave.current?.setPlaybackRate(speed, true), [speed, made]);

  const seek = (by: number) => {
    const it = wave.current;
    if (it) it.setTime(Math.min(it.getDuration(), Math.max(0, it.getCurrentTime() + by)));
  };
  if (peaks.isError) return <p className="wrong">{saying(peaks.error)}</p>;
  return (
    <div
      className="player"
      role="group"
      aria-label={t("player.label")}
      onKeyDown={(event) => {
        if (event.target instanceof HTMLInputElement) return;
        if (event.key === "ArrowLeft") seek(-STEP_S);
        else if (event.key === "ArrowRight") seek(STEP_S);
        else return;
        event.preventDefault();
      }}
    >
      <Button
        shape="circle"
        type="primary"
        icon={playing ? <PauseOutlined /> : <CaretRightFilled />}
        aria-label={playing ? t("player.pause") : t("player.play")}
        disabled={!peaks.data}
        onClick={() => void wave.current?.playPause().catch(() => setFailed(true))}
      />
      <div className={`player-wave ${(peaks.data?.channels.length ?? 0) > 1 ? "both" : ""}`}>
        <div ref={box} className="player-box" data-ready={peaks.data ? "" : undefined} />
        {(peaks.data?.channels.length ?? 0) > 1 && (
          <div className="player-names" aria-hidden="true">
            <span>{t("player.customer")}</span>
            <span>{t("player.agent")}</span>
          </div>
        )}
        <div className="player-gaps">
          {recording.gaps.map((gap) => (
            <span
              key={gap.atMs}
              className="player-gap"
              title={t("player.gap", { time: clock(gap.ms), reason: gap.reason })}
              style={{ left: `${(100 * gap.atMs) / Math.max(1, recording.durationMs)}%` }}
            />
          ))}
        </div>
      </div>
      <div className="player-side">
        <span className="num">
          {clock(at)} / {clock(recording.durationMs)}
        </span>
        <Select
          size="small"
          variant="borderless"
          aria-label={t("player.speed")}
          value={speed}
          options={speeds.map((value) => ({ value, label: `${value}×` }))}
          onChange={(value) => set({ speed: value })}
        />
      </div>
      {failed && (
        <p className="wrong" role="alert">
          {t("player.failed")}
        </p>
      )}
      {!recording.complete && <p className="soft">{t("player.incomplete")}</p>}
    </div>
  );
}
