// The one phone of this tab: there while my seat is at this browser and this tab owns the phone, speaking while a call does.

import { useEffect } from "react";
import { desk, Problem } from "../api";
import { usePrefs } from "../app/prefs";
import { peak } from "./check";
import { Phone } from "./phone";
import { askDesk, useDesk } from "./store";
import { useTabs } from "./tabs";

const LISTEN_MS = 100;

const audio = () => {
  const element = new Audio();
  element.autoplay = true;
  return element;
};
let speaker: HTMLAudioElement | null = null;

/** The law trunks in China speak comes first: what the caller's side speaks passes as it is. */
function g711(connection: RTCPeerConnection): RTCPeerConnection {
  const add = connection.addTransceiver.bind(connection);
  connection.addTransceiver = (kind, init) => {
    const transceiver = add(kind, init);
    const known = RTCRtpSender.getCapabilities("audio")?.codecs ?? [];
    const laws = ["audio/pcma", "audio/pcmu"];
    const usable = laws.flatMap((law) => known.filter((codec) => codec.mimeType.toLowerCase() === law));
    if (usable.length > 0) transceiver.setCodecPreferences(usable);
    return transceiver;
  };
  return connection;
}

function listen(stream: MediaStream, loud: (peak: number) => void): () => void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 8192;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    // A context that waits for a press hears nothing of a good microphone.
    if (context.state !== "running") return void context.resume().catch(() => {});
    analyser.getFloatTimeDomainData(samples);
    loud(peak(samples));
  }, LISTEN_MS);
  return () => {
    clearInterval(timer);
    void context.close();
  };
}

export const phone = new Phone({
  microphone: async () =>
    navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    }),
  connection: async () => {
    const { iceServers, relayOnly } = await desk.ice();
    return g711(new RTCPeerConnection({ iceServers, iceTransportPolicy: relayOnly ? "relay" : "all" }));
  },
  answer: async (sdp, take) => {
    try {
      return (await desk.line(sdp, usePrefs.getState().browser, take)).sdp;
    } catch (why) {
      if (why instanceof Problem && why.code === "phone_elsewhere") return null;
      throw why;
    }
  },
  renew: async (sdp) => (await desk.renewLine(sdp, usePrefs.getState().browser)).sdp,
  tell: (check) => askDesk({ ask: "phone", check }),
  play: (stream) => {
    speaker ??= audio();
    if (speaker.srcObject !== stream) speaker.srcObject = stream;
    return speaker.play();
  },
  listen,
  now: () => Date.now(),
});

export function usePhoneHere() {
  const seat = useDesk((state) => state.desk.seat);
  const up = useDesk((state) => state.link === "up");
  const owns = useTabs((state) => state.owns);
  const busy = useDesk((state) => state.desk.cards.some((card) => card.state !== "wrap_up"));
  const supervises = useDesk((state) => state.desk.supervising !== null);
  const here = seat !== null && seat.status.kind !== "offline" && seat.station === seat.agent && owns;

  // A line that is down for a moment takes no phone away: audio goes its own way.
  useEffect(() => {
    if (up || !here) phone.want(here);
  }, [here, up]);
  useEffect(() => phone.talk(busy || supervises), [busy, supervises]);
  useEffect(() => {
    const retry = () => void phone.retry();
    const pressed = () => phone.pressed();
    const moved = () => phone.moved();
    const network = (navigator as { connection?: EventTarget }).connection;
    window.addEventListener("online", moved);
    network?.addEventListener("change", moved);
    navigator.mediaDevices?.addEventListener?.("devicechange", retry);
    let allowed: PermissionStatus | null = null;
    // Some browsers know no such permission: then the person presses "try again".
    void navigator.permissions
      ?.query({ name: "microphone" })
      .then((status) => {
        allowed = status;
        status.onchange = retry;
      })
      .catch(() => {});
    window.addEventListener("pointerdown", pressed);
    window.addEventListener("keydown", pressed);
    return () => {
      navigator.mediaDevices?.removeEventListener?.("devicechange", retry);
      if (allowed) allowed.onchange = null;
      window.removeEventListener("online", moved);
      network?.removeEventListener("change", moved);
      window.removeEventListener("pointerdown", pressed);
      window.removeEventListener("keydown", pressed);
      phone.want(false);
    };
  }, []);
}
