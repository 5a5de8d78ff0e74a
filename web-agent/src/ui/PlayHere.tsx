// A recording where it is mentioned: a button first, the player (and its code) only when pressed.

import { CaretRightFilled } from "@ant-design/icons";
import { Button, Skeleton } from "antd";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Recording } from "../api";
import { clock } from "./format";

const Player = lazy(() => import("./Player").then((m) => ({ default: m.Player })));

export function PlayHere({ recording, open = false }: { recording: Recording; open?: boolean }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(open);
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
