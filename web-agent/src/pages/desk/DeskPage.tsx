// The agent's desk: my calls, the call in focus, the customer. It fills while the call still rings.

import { useTranslation } from "react-i18next";
import { useDesk } from "../../desk/store";
import { CallList } from "./CallList";
import { CustomerSide } from "./CustomerSide";
import { FocusCall } from "./FocusCall";
import { Idle } from "./Idle";
import { useFocus } from "./useCall";

export function DeskPage() {
  const { t } = useTranslation();
  const card = useFocus();
  const cards = useDesk((state) => state.desk.cards);
  return (
    <main className={`desk ${card ? "" : "desk-idle"}`}>
      <h1 className="sr">{t("nav.desk")}</h1>
      <CallList cards={cards} focus={card?.interaction ?? null} />
      {card ? (
        <>
          <FocusCall key={card.interaction} card={card} />
          <CustomerSide key={`c${card.interaction}`} card={card} />
        </>
      ) : (
        <Idle />
      )}
    </main>
  );
}
