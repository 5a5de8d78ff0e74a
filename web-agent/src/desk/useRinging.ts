// While a call rings and this tab owns the phone: sound, a system notification, a changing title. All three end with the
// ring, whatever ended it: answer, reject, caller gone, time over, line lost, sign-out.

import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePrefs } from "../app/prefs";
import type { Caller } from "../contract.gen";
import { WEB_VISITOR } from "../ui/bits";
import { phone } from "../ui/format";
import { ringing } from "./fold";
import { ringer } from "./ring";
import { serverNow, useDesk } from "./store";
import { useTabs } from "./tabs";
import { nameOf } from "./who";

const TITLE = "Zuoxi 坐席";

/** The interaction to be heard now, or null. Silent without a line: what is shown may be over. */
export function useHeard(): string | null {
  const desk = useDesk((state) => state.desk);
  const up = useDesk((state) => state.link === "up");
  const [, again] = useState(0);
  const rings = ringing(desk, serverNow());
  const next = rings.reduce<number | null>(
    (least, card) => (card.until !== null && (least === null || card.until < least) ? card.until : least),
    null,
  );
  useEffect(() => {
    if (next === null) return;
    const timer = setTimeout(() => again((n) => n + 1), Math.max(0, next - serverNow()) + 20);
    return () => clearTimeout(timer);
  }, [next]);
  return up ? (rings[0]?.interaction ?? null) : null;
}

export function useRinging() {
  const { t } = useTranslation();
  const heard = useHeard();
  const owns = useTabs((state) => state.owns);
  const { ringVolume, notify } = usePrefs();
  const card = useDesk((state) => state.desk.cards.find((one) => one.interaction === heard));
  const numberOf = ({ number, raw }: Caller) =>
    number === null && raw === WEB_VISITOR ? t("word.webVisitor") : phone(number ?? raw) || t("word.withheld");
  const who = card ? nameOf(card)?.name || numberOf(card.caller) : "";
  const words = useRef({ who, title: t("ring.title", { who }), body: card?.queueName ?? "" });
  words.current = { who, title: t("ring.title", { who }), body: card?.queueName ?? "" };

  useEffect(() => {
    const unlock = () => ringer.unlock();
    window.addEventListener("pointerdown", unlock, { once: true });
    window.addEventListener("keydown", unlock, { once: true });
    return () => {
      window.removeEventListener("pointerdown", unlock);
      window.removeEventListener("keydown", unlock);
    };
  }, []);

  useEffect(() => {
    if (!heard) return;
    let odd = false;
    const blink = () => {
      odd = !odd;
      document.title = odd ? words.current.title : TITLE;
    };
    blink();
    const timer = setInterval(blink, 900);
    return () => {
      clearInterval(timer);
      document.title = TITLE;
    };
  }, [heard]);

  useEffect(() => {
    if (!heard || !owns) return;
    ringer.start(ringVolume);
    return () => ringer.stop();
  }, [heard, owns, ringVolume]);

  useEffect(() => {
    if (!heard || !owns || !notify || typeof Notification === "undefined" || Notification.permission !== "granted")
      return;
    let shown: Notification | null = null;
    try {
      shown = new Notification(words.current.title, {
        body: words.current.body,
        tag: `zuoxi-${heard}`,
        requireInteraction: true,
      });
      shown.onclick = () => window.focus();
    } catch {
      // Some browsers show notifications from service workers only; sound and title remain.
    }
    return () => shown?.close();
  }, [heard, owns, notify]);
}
