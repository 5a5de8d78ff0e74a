// The call, on every page but the desk: what rings pops up, what is in talk stays in reach.

import { Link, useNavigate, useRouterState } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useDesk } from "../../desk/store";
import { guesses, nameOf } from "../../desk/who";
import { Chip, Face, Phone, Vip } from "../../ui/bits";
import { clock } from "../../ui/format";
import { Shrink, Since } from "../../ui/Timer";
import { CallBar } from "./CallBar";
import { Keypad } from "./Keypad";
import { TransferDialog } from "./TransferDialog";
import { useFocus } from "./useCall";
import { WhoName } from "./useWho";

export function CallStrip() {
  const { t } = useTranslation();
  const go = useNavigate();
  const onDesk = useRouterState({ select: (state) => state.location.pathname.startsWith("/desk") });
  const cards = useDesk((state) => state.desk.cards);
  const pick = useDesk((state) => state.pick);
  const focus = useFocus();
  const rings = cards.filter((card) => card.state === "ringing");
  const live = focus && focus.state !== "ringing" ? focus : null;
  return (
    <>
      <TransferDialog />
      <Keypad />
      {!onDesk && live && (
        <div className="strip">
          <Link to="/desk" className="strip-who">
            <span className={`dot dot-${live.state}`} />
            <b>
              <WhoName card={live} />
            </b>
            <span>{t(`cardState.${live.state}`)}</span>
            <Since at={live.stateSince} />
          </Link>
          <CallBar card={live} small />
        </div>
      )}
      {!onDesk && rings.length > 0 && (
        <div className="pops" role="alertdialog" aria-label={t("ring.here")}>
          {rings.map((card) => {
            const named = nameOf(card);
            const [first, ...more] = guesses(card);
            return (
              <div key={card.interaction} className="pop-small">
                <div className="pop-small-top">
                  <Face name={named?.sure ? named.name : "?"} size={40} />
                  <div className="grow">
                    <b>
                      {named?.name ?? (more.length > 0 ? t("pop.several", { n: more.length + 1 }) : t("pop.unknown"))}
                    </b>{" "}
                    {(card.vip || (named?.sure && first?.vip)) && <Vip />}
                    <div>
                      <Phone number={card.caller.number} raw={card.caller.raw} withheld={card.caller.withheld} />
                    </div>
                  </div>
                </div>
                <div className="chips">
                  {card.queueName && <Chip tone="info">{card.queueName}</Chip>}
                  <Chip>{t("pop.waited", { time: clock(card.waitedMs) })}</Chip>
                  {card.pressed.slice(-2).map((one) => (
                    <Chip key={one.node}>{one.label ?? one.digits}</Chip>
                  ))}
                </div>
                {card.until !== null && <Shrink from={card.stateSince} until={card.until} label={t("pop.left")} />}
                <CallBar card={card} />
                <Button
                  type="link"
                  size="small"
                  onClick={() => {
                    pick(card.interaction);
                    void go({ to: "/desk" });
                  }}
                >
                  {t("pop.open")}
                </Button>
              </div>
            );
          })}
        </div>
      )}
    </>
  );
}
