// The shape of a sound, and how far it has been heard; and its length in words.

import { useTranslation } from "react-i18next";
import { clock } from "../../../ui/format";
import { lengthOf } from "./plan";

export function Length({ ms, soft = false }: { ms: number; soft?: boolean }) {
  const { t } = useTranslation();
  const length = lengthOf(ms);
  const text = "clock" in length ? clock(ms) : t("prompts.seconds", length);
  return <span className={soft ? "num soft" : "num"}>{text}</span>;
}

const width = 2;
const gap = 1;
const height = 28;

export function Wave({ shape, part, seek }: { shape: number[]; part: number; seek?: (part: number) => void }) {
  const all = shape.length * (width + gap);
  const bars = shape.map((level, at) => {
    const tall = Math.max(2, Math.sqrt(level) * height);
    return `M${at * (width + gap)} ${(height - tall) / 2}h${width}v${tall}h-${width}z`;
  });
  return (
    <svg
      className="wave"
      viewBox={`0 0 ${all} ${height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
      onClick={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        seek?.((event.clientX - box.left) / Math.max(1, box.width));
      }}
    >
      <path d={bars.join("")} className="wave-all" />
      <path d={bars.slice(0, Math.round(part * shape.length)).join("")} className="wave-heard" />
    </svg>
  );
}
