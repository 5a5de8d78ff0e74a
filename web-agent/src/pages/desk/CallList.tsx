// Left: the calls I have now, and the last ones I had.

import { CrownFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { interactions } from "../../api";
import { useMe } from "../../app/session";
import type { CallCard } from "../../contract.gen";
import { useDesk } from "../../desk/store";
import { Face, Phone } from "../../ui/bits";
import { clock, when } from "../../ui/format";
import { Since } from "../../ui/Timer";
import { DirectionIcon } from "../calls/words";

const order: CallCard["state"][] = ["ringing", "connecting", "talking", "held", "wrap_up"];

export function CallList({ cards, focus }: { cards: CallCard[]; focus: string | null }) {
  const { t } = useTranslation();
  const pick = useDesk((state) => state.pick);
  const sorted = [...cards].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return (
    <aside className="inbox" aria-label={t("desk.mine")}>
      <h2>{t("desk.now")}</h2>
      {sorted.length === 0 && <p className="soft pad">{t("desk.noneNow")}</p>}
      <ul>
        {sorted.map((card) => {
          const who = card.candidates.find((one) => one.customer === card.customer) ?? card.candidates[0];
          return (
            <li key={card.interaction}>
              <button
                type="button"
                className={`inbox-item state-${card.state} ${card.interaction === focus ? "on" : ""}`}
                aria-pressed={card.interaction === focus}
                onClick={() => pick(card.interaction)}
              >
                <span className={`dot dot-${card.state} ${card.state === "ringing" ? "pulse" : ""}`} />
                <span className="grow">
                  <b>
                    {who?.name ?? (
                      <Phone number={card.caller.number} raw={card.caller.raw} withheld={card.caller.withheld} />
                    )}{" "}
                    {card.vip && <CrownFilled className="vip-mark" aria-label={t("word.vip")} />}
                  </b>
                  <span className="soft">
                    {t(`cardState.${card.state}`)}
                    {card.queueName && ` · ${card.queueName}`}
                  </span>
                </span>
                <Since at={card.stateSince} className="soft" />
              </button>
            </li>
          );
        })}
      </ul>
      <Recent />
    </aside>
  );
}

function Recent() {
  const { t } = useTranslation();
  const me = useMe();
  // The list is a second old at most: a call that ends moves from the cards into it.
  const ended = useDesk((state) => state.desk.gone[0]?.interaction ?? "");
  const { data } = useQuery({
    queryKey: ["interactions", "mine", me.agent.id, ended],
    queryFn: ({ signal }) => interactions.list({ agent: me.agent.id }, null, 12, signal),
    placeholderData: (before) => before,
    refetchInterval: 30_000,
  });
  return (
    <>
      <h2>{t("desk.recent")}</h2>
      {data?.items.length === 0 && <p className="soft pad">{t("desk.noneRecent")}</p>}
      <ul>
        {data?.items.map((row) => (
          <li key={row.id}>
            <Link to="/calls" search={{ call: row.id }} className="inbox-item">
              <Face name={row.customer?.name ?? "#"} size={28} />
              <span className="grow">
                <b>{row.customer?.name ?? <Phone number={row.number} raw={row.callerRaw} withheld={row.withheld} />}</b>
                <span className="soft">
                  <DirectionIcon row={row} />{" "}
                  {row.talkMs > 0 ? clock(row.talkMs) : row.cause ? t(`cause.${row.cause}`) : t("word.live")}
                </span>
              </span>
              <time className="soft num">{when(row.began)}</time>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
