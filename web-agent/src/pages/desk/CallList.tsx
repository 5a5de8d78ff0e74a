// Left: the calls I have now, those I have not finished with, and the last ones I had.

import { CrownFilled, EditOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { interactions } from "../../api";
import { useMe } from "../../app/session";
import type { CallCard } from "../../contract.gen";
import { useWorks } from "../../desk/keeper";
import { useDesk } from "../../desk/store";
import { Chip, Face, Phone } from "../../ui/bits";
import { clock, when } from "../../ui/format";
import { Since } from "../../ui/Timer";
import { DirectionIcon } from "../calls/words";
import { Parked } from "./Parked";
import { WhoName } from "./useWho";

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
        {sorted.map((card) => (
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
                  <WhoName card={card} /> {card.vip && <CrownFilled className="vip-mark" aria-label={t("word.vip")} />}
                </b>
                <span className="soft">
                  {t(`cardState.${card.state}`)}
                  {card.queueName && ` · ${card.queueName}`}
                </span>
              </span>
              <Since at={card.stateSince} className="soft" />
            </button>
          </li>
        ))}
      </ul>
      <Parked />
      <Unfinished cards={cards} />
      <Recent />
    </aside>
  );
}

/** Calls about which I typed something and saved nothing: wrap-up ran out, or I was called away. */
function Unfinished({ cards }: { cards: CallCard[] }) {
  const { t } = useTranslation();
  const kept = useWorks((state) => state.kept);
  const { data } = useQuery({
    queryKey: ["interactions", "drafts", kept],
    queryFn: interactions.drafts,
    placeholderData: (before) => before,
    refetchInterval: 60_000,
  });
  const items = (data?.items ?? []).filter((one) => !cards.some((card) => card.interaction === one.interaction.id));
  if (items.length === 0) return null;
  return (
    <>
      <h2>
        {t("desk.unfinished")} <Chip tone="warn">{items.length}</Chip>
      </h2>
      <ul>
        {items.map(({ interaction: row, notes, at }) => (
          <li key={row.id}>
            <Link to="/calls" search={{ call: row.id }} className="inbox-item">
              <EditOutlined className="inbox-mark" aria-hidden />
              <span className="grow">
                <b>{row.customer?.name ?? <Phone number={row.number} raw={row.callerRaw} withheld={row.withheld} />}</b>
                <span className="soft">{notes || t("own.chosen")}</span>
              </span>
              <time className="soft num">{when(at)}</time>
            </Link>
          </li>
        ))}
      </ul>
    </>
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
