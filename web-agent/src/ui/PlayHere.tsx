// A recording where it is mentioned: a button first, the player (and its code) only when pressed.

import { CaretRightFilled } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Recording } from "../api";
import { Chip } from "./bits";
import { clock } from "./format";

/** How a recording is: being made, whole, with parts missing, or gone. */
export function RecordingChip({ recording }: { recording: Recording }) {
  const { t } = useTranslation();
  if (recording.state === "recording") {
    return (
      <Chip tone="info">
        <span className="rec" /> {t("recordings.now")}
      </Chip>
    );
  }
  if (recording.state === "lost") return <Chip tone="bad">{t("recordings.lost")}</Chip>;
  if (!recording.complete) return <Chip tone="warn">{t("recordings.cut")}</Chip>;
  if (recording.gaps.length > 0) return <Chip tone="warn">{t("recordings.gaps", { n: recording.gaps.length })}</Chip>;
  return <Chip tone="ok">{t("recordings.complete")}</Chip>;
}

const Player = lazy(() => import("./Player").then((m) => ({ default: m.Player })));

export function PlayHere({ recording, open = false }: { recording: Recording; open?: boolean }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(open);
  if (recording.state !== "done") {
    return (
      <p className="hint unheard">
        <RecordingChip recording={recording} /> {t(`recording.${recording.state}Hint`)}
      </p>
    );
  }
  if (!shown) {
    return (
      <Button size="small" icon={<CaretRightFilled />} onClick={() => setShown(true)}>
        {t(`recording.${recording.kind}`)} <span className="num">{clock(recording.durationMs)}</span>
      </Button>
    );
  }
  return (
    <Suspense fallback={<Skeleton.Node active className="player-wait" />}>
      <Player recording={recording} autoplay={!open} />
    </Suspense>
  );
}
