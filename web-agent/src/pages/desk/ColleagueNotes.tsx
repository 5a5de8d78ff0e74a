// What a colleague wrote, or is writing, about the call on my desk: read while it rings, and after it was handed over.

import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { interactions } from "../../api";
import type { CallCard } from "../../contract.gen";
import { Chip, Panel } from "../../ui/bits";

/** A colleague's draft is kept every 2 s. */
const TYPED_MS = 2_000;

export function ColleagueNotes({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const asked = card.askedBy !== null;
  const found = useQuery({
    queryKey: ["notes", card.interaction, asked],
    queryFn: () => interactions.notes(card.interaction),
    refetchInterval: asked ? TYPED_MS : false,
    staleTime: 0,
  });
  if (!found.data || found.data.length === 0) return null;
  return (
    <Panel title={t("colleague.notes")} className="colleague">
      {found.data.map((one) => (
        <blockquote key={`${one.agent}${one.saved}`}>
          <p>{one.notes}</p>
          <footer className="soft">
            {one.agentName} {!one.saved && <Chip>{t("colleague.typing")}</Chip>}
          </footer>
        </blockquote>
      ))}
    </Panel>
  );
}
