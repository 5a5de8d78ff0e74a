// The caller in a flow in the middle of a talk, and what flows told of them: for whoever has the caller now.

import { BranchesOutlined } from "@ant-design/icons";
import { useTranslation } from "react-i18next";
import type { CallCard } from "../../contract.gen";
import { Chip } from "../../ui/bits";
import { Since } from "../../ui/Timer";

export function FlowTrip({ card }: { card: CallCard }) {
  const { t } = useTranslation();
  const away = card.inFlow;
  const told = card.flowResults ?? [];
  if (!away && told.length === 0) return null;
  return (
    <div className="flow-trip">
      {away && (
        <p className="flow-away" role="status">
          <span className="dot dot-held pulse" />
          <span className="grow">
            <b>{t("trip.away", { flow: away.flow })}</b>
            <span className="soft">{t("trip.hint")}</span>
          </span>
          <Since at={away.since} />
        </p>
      )}
      {told.length > 0 && (
        <ul aria-label={t("trip.title")}>
          {told.map((one) => (
            <li key={one.at}>
              <Chip tone={one.result ? "info" : "warn"} icon={<BranchesOutlined />}>
                {one.flow}: {one.result ?? t("trip.none")}
              </Chip>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
