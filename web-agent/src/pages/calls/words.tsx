import { ArrowDownOutlined, ArrowUpOutlined, SwapOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { InteractionRow } from "../../api";
import type { EndCause } from "../../contract.gen";
import { Chip, type Tone } from "../../ui/bits";

export function DirectionIcon({ row }: { row: Pick<InteractionRow, "direction" | "cause"> }) {
  const { t } = useTranslation();
  const lost = row.cause === "abandoned" || row.cause === "no_answer";
  const Icon =
    row.direction === "inbound" ? ArrowDownOutlined : row.direction === "outbound" ? ArrowUpOutlined : SwapOutlined;
  return (
    <span title={t(`direction.${row.direction}`)} className={lost ? "direction lost" : "direction"}>
      <Icon rotate={row.direction === "internal" ? 0 : 45} aria-label={t(`direction.${row.direction}`)} />
    </span>
  );
}

const tones: Partial<Record<EndCause, Tone>> = {
  answered_hangup: "ok",
  self_service: "ok",
  transferred_away: "info",
  voicemail: "info",
  abandoned: "warn",
  no_answer: "warn",
  max_wait: "warn",
  busy: "warn",
  rejected: "warn",
  refused: "plain",
};

export function Cause({ cause }: { cause: EndCause | null }) {
  const { t } = useTranslation();
  if (!cause) return <Chip tone="info">{t("word.live")}</Chip>;
  return <Chip tone={tones[cause] ?? "bad"}>{t(`cause.${cause}`)}</Chip>;
}

export const causes: EndCause[] = [
  "answered_hangup",
  "abandoned",
  "self_service",
  "no_answer",
  "busy",
  "rejected",
  "unreachable",
  "max_wait",
  "refused",
  "voicemail",
  "transferred_away",
  "media_timeout",
  "session_expired",
  "interrupted",
  "shutdown",
  "failed",
];
