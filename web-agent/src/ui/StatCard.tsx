// One figure: its name, its value, what it is measured against, and its formula's id on hover.

import { InfoCircleOutlined } from "@ant-design/icons";
import { Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

type Props = {
  name: string;
  value: ReactNode;
  note?: ReactNode;
  formula: string;
  mark?: { tone: "ok" | "warn" | "bad"; word: string; icon: ReactNode };
};

export function StatCard({ name, value, note, formula, mark }: Props) {
  const { t } = useTranslation();
  return (
    <div className="stat" data-formula={formula}>
      <div className="stat-name">
        <span>{name}</span>
        <Tooltip title={<Formula id={formula} />}>
          <button type="button" className="stat-info" aria-label={t("formula.of", { name })}>
            <InfoCircleOutlined />
          </button>
        </Tooltip>
      </div>
      <div className="stat-value num">{value}</div>
      <div className="stat-note">
        {mark && (
          <span className={`stat-mark stat-${mark.tone}`}>
            {mark.icon} {mark.word}
          </span>
        )}
        {note}
      </div>
    </div>
  );
}

export function Formula({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <>
      <code>{id}</code>
      <br />
      {t(`formula.${id}`)}
    </>
  );
}
