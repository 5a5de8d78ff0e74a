// Middle: the call in focus. While it rings: who, from where, why, and how long is left. Then timers, buttons, notes.

import { CheckOutlined, SoundOutlined } from "@ant-design/icons";
import { Button, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useKeyHandlers } from "../../app/Shell";
import type { CallCard } from "../../contract.gen";
import { useKeys } from "../../desk/keys";
import { guesses } from "../../desk/who";
import { Chip, Face, Key, Panel, Phone, Vip } from "../../ui/bits";
import { clock } from "../../ui/format";
import { Shrink, Since, Until } from "../../ui/Timer";
import { TagsField } from "../calls/Tags";
import { Supervised } from "../live/Supervise";
import { AfterWork } from "./AfterWork";
import { CallBar } from "./CallBar";
import { Candidates } from "./Candidates";
import { ColleagueNotes } from "./ColleagueNotes";
import { FlowTrip } from "./FlowTrip";
import { Others } from "./Others";
import { useWho, type Who } from "./useWho";

export function FocusCall({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const who = useWho(card);
  const [changing, setChanging] = useState(false);
  const [asked, setAsked] = useState(0);
  const change = () => {
    setChanging(card.customer !== null);
    setAsked((n) => n + 1);
  };
  useKeyHandlers({ customer: change });
  const vip = card.vip || who.match?.vip === true;
  const title = (who.sure ? who.name : card.caller.name) || null;
  const number = <Phone number={card.caller.number} raw={card.caller.raw} withheld={card.caller.withheld} />;
  const wrap = card.state === "wrap_up";
  return (
    <section className={`focus focus-${card.state}`} aria-label={t("desk.focus")}>
      <div className="hero">
        <div className="hero-top">
          <Face name={who.sure && who.name ? who.name : "?"} size={56} />
          <div className="grow">
            <div className="hero-state">
              <span className={`dot dot-${card.state} ${card.state === "ringing" ? "pulse" : ""}`} />
              {t(`cardState.${card.state}`)}
              {card.muted && !wrap && <Chip tone="warn">{t("call.muted")}</Chip>}
              {card.recording === "on" && !wrap && (
                <Chip tone="bad">
                  <span className="rec" /> {t("recording.on")}
                </Chip>
              )}
              {card.recording === "paused" && <Chip tone="warn">{t("recording.paused")}</Chip>}
              {card.askedBy !== null && <Chip tone="info">{t("other.by", { name: card.askedBy })}</Chip>}
              <Supervised by={card.supervisedBy} />
            </div>
            <h2>
              {title ?? number} {vip && <Vip />}
            </h2>
            <p className="hero-number">
              {title && number}
              {who.match?.level && <Chip>{who.match.level}</Chip>}
              {who.match?.people.length === 1 && <Chip>{who.match.people[0]}</Chip>}
            </p>
            <WhoLine card={card} who={who} change={change} />
          </div>
          <Clocks card={card} />
        </div>
        {card.state === "ringing" && card.until !== null && (
          <Shrink from={card.stateSince} until={card.until} label={t("pop.left")} />
        )}
        {wrap && card.until !== null && <Shrink from={card.stateSince} until={card.until} label={t("wrap.left")} />}
        <dl className="facts">
          {card.queueName && (
            <div>
              <dt>{t("word.queue")}</dt>
              <dd>{card.queueName}</dd>
            </div>
          )}
          <div>
            <dt>{t("word.waited")}</dt>
            <dd className="num">{clock(card.waitedMs)}</dd>
          </div>
          <div>
            <dt>{t("word.dialed")}</dt>
            <dd className="num">{card.dialed}</dd>
          </div>
          {card.pbx && (
            <div>
              <dt>{t("pbx.at")}</dt>
              <dd>{card.pbx}</dd>
            </div>
          )}
          {/* What was pressed at a PBX is not known here. */}
          {card.pbx === null && (
            <div className="facts-wide">
              <dt>{t("word.pressed")}</dt>
              <dd>
                {card.pressed.length === 0 ? (
                  <span className="soft">{t("pop.nothingPressed")}</span>
                ) : (
                  <ol className="trail">
                    {card.pressed.map((one) => (
                      <li key={`${one.node} ${one.digits} ${one.label}`}>
                        <kbd>{one.digits}</kbd> {one.label ?? one.node}
                      </li>
                    ))}
                  </ol>
                )}
              </dd>
            </div>
          )}
        </dl>
        <FlowTrip card={card} />
        <Others card={card} />
        <CallBar card={card} />
        {card.state === "ringing" && !card.allowed.includes("answer") && (
          <p className="hint">
            <SoundOutlined /> {t("pop.answerOnPhone")}
          </p>
        )}
        {wrap && card.ended && <p className="hint">{t("wrap.ended", { cause: t(`cause.${card.ended}`) })}</p>}
      </div>
      <ColleagueNotes card={card} />
      {card.customer === null ? (
        <Candidates card={card} focus={asked} />
      ) : (
        changing && <Candidates card={card} focus={asked} close={() => setChanging(false)} />
      )}
      {card.state !== "ringing" && card.state !== "connecting" && card.askedBy === null && (
        <Panel title={t("wrap.title")} className="work">
          <TagsField id={card.interaction} tags={card.tags ?? []} />
          <AfterWork card={card} />
        </Panel>
      )}
    </section>
  );
}

/** How it is known who calls, and the way to say otherwise; while nobody is settled, who it may be. */
function WhoLine({ card, who, change }: { card: CallCard; who: Who; change: () => void }) {
  const { t } = useTranslation();
  const key = useKeys((state) => state.keys.customer);
  const all = guesses(card);
  if (card.customer === null) {
    return (
      <p className="hero-who">
        {all.length === 1 && all[0]
          ? t("pop.perhaps", { name: all[0].name })
          : all.length > 1
            ? t("pop.several", { n: all.length })
            : t("pop.unknown")}
      </p>
    );
  }
  return (
    <p className="hero-who">
      <Chip tone="ok" icon={<CheckOutlined />}>
        {who.match && !who.byPerson ? t(`match.${who.match.reason}`) : t("pop.byHand")}
      </Chip>
      <Tooltip title={<Key chord={key} />}>
        <Button type="link" size="small" onClick={change}>
          {t("pop.notThem")}
        </Button>
      </Tooltip>
    </p>
  );
}

/** Wait, state, total: which ones depends on where the call is. */
function Clocks({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  if (card.state === "ringing") {
    return (
      <div className="clocks">
        {card.until !== null && (
          <div className="clock-big">
            <Until at={card.until} />
            <span>{t("pop.left")}</span>
          </div>
        )}
      </div>
    );
  }
  if (card.state === "wrap_up") {
    return (
      <div className="clocks">
        <div className="clock-big">
          {card.until === null ? <Since at={card.stateSince} /> : <Until at={card.until} />}
          <span>{card.until === null ? t("wrap.since") : t("wrap.left")}</span>
        </div>
      </div>
    );
  }
  return (
    <div className="clocks">
      {card.state === "held" && (
        <div>
          <Since at={card.stateSince} />
          <span>{t("cardState.held")}</span>
        </div>
      )}
      <div className="clock-big">
        <Since at={card.talkingSince ?? card.stateSince} />
        <span>{t("call.talkTime")}</span>
      </div>
    </div>
  );
}
