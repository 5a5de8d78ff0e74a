// Right: the customer of the call in focus. Fills while the call still rings; a lone guess is shown as what it is.

import { ExportOutlined, LinkOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button, Skeleton, Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { customers } from "../../api";
import type { CallCard, LastContact } from "../../contract.gen";
import { guesses } from "../../desk/who";
import { Chip, Face, Nothing, PermissionGate, Phone, Vip } from "../../ui/bits";
import { Failed } from "../../ui/Failed";
import { when } from "../../ui/format";
import { Timeline } from "../customers/Timeline";
import { CallIt } from "./Dial";
import { useLink } from "./useWho";

export function CustomerSide({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const { link, busy } = useLink(card);
  const all = guesses(card);
  const guess = card.customer === null && all.length === 1 ? (all[0] ?? null) : null;
  const id = card.customer ?? guess?.customer ?? null;
  const known = all.find((one) => one.customer === id);
  if (!id) {
    return (
      <aside className="side" aria-label={t("word.customer")}>
        <Nothing art="search" title={t("side.none")} hint={t("side.noneHint")} />
      </aside>
    );
  }
  return (
    <aside className="side" aria-label={t("word.customer")}>
      {guess && (
        <div className="side-guess">
          <span className="grow">
            <b>{t("side.guess")}</b> <span>{t("side.guessHint")}</span>
          </span>
          <Button
            size="small"
            type="primary"
            icon={<LinkOutlined />}
            loading={busy}
            onClick={() => void link({ id: guess.customer, name: guess.name })}
          >
            {t("pop.link")}
          </Button>
        </div>
      )}
      <PermissionGate need="customers.read">
        <Profile id={id} last={known?.lastContacts ?? []} openItems={known?.openItems ?? 0} />
      </PermissionGate>
    </aside>
  );
}

function Profile({ id, last, openItems }: { id: string; last: LastContact[]; openItems: number }) {
  const { t } = useTranslation();
  const { data, error, refetch } = useQuery({ queryKey: ["customer", id], queryFn: () => customers.one(id) });
  if (error && !data) return <Failed why={error} again={() => void refetch()} />;
  if (!data) return <Skeleton active avatar className="pad" />;
  return (
    <>
      <header className="side-head">
        <Face name={data.name} size={44} />
        <div className="grow">
          <h2>
            {data.name} {data.vip && <Vip />}
          </h2>
          <div className="chips">
            {data.level && <Chip>{data.level}</Chip>}
            <Chip>{t(`customerKind.${data.kind}`)}</Chip>
            {openItems > 0 && <Chip tone="warn">{t("side.open", { n: openItems })}</Chip>}
          </div>
        </div>
        <Link to="/customers/$id" params={{ id }} aria-label={t("side.openPage")} title={t("side.openPage")}>
          <ExportOutlined />
        </Link>
      </header>
      <Tabs
        size="small"
        items={[
          {
            key: "timeline",
            label: t("side.timeline"),
            children: <Timeline customer={id} before={last.length > 0 ? <LastContacts last={last} /> : null} />,
          },
          {
            key: "profile",
            label: t("side.profile"),
            children: (
              <div className="side-profile">
                <dl>
                  {data.points.map((point) => (
                    <div key={point.id}>
                      <dt>{point.label || t(`point.${point.kind}`)}</dt>
                      <dd>
                        {point.kind === "phone" ? <Phone number={point.value} /> : point.value}{" "}
                        {point.kind === "phone" && <CallIt number={point.value} />}{" "}
                        {point.sharedLine && <Chip>{t("point.shared")}</Chip>}
                      </dd>
                    </div>
                  ))}
                  {data.contacts.map((contact) => (
                    <div key={contact.id}>
                      <dt>{contact.role || t("word.contact")}</dt>
                      <dd>{contact.name}</dd>
                    </div>
                  ))}
                </dl>
                {data.notes && <p className="prose">{data.notes}</p>}
              </div>
            ),
          },
        ]}
      />
    </>
  );
}

/** Came with the pop: on screen before the timeline is read. */
function LastContacts({ last }: { last: LastContact[] }) {
  const { t } = useTranslation();
  return (
    <ul className="lasts">
      {last.map((one) => (
        <li key={one.interaction}>
          <time className="num">{when(one.at)}</time> {one.disposition ?? (one.cause ? t(`cause.${one.cause}`) : "")}{" "}
          <span className="soft">{[one.agent, one.queue].filter(Boolean).join(" · ")}</span>
        </li>
      ))}
    </ul>
  );
}
