// A supervisor in a talk: how to come in from the list of live calls, and the strip that stays on every page until the end.

import { AudioOutlined, CustomerServiceOutlined, EyeOutlined, TeamOutlined } from "@ant-design/icons";
import { Button, Dropdown, Popconfirm, Segmented, Tooltip } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { LiveSnapshot } from "../../api";
import type { LiveCall, SupervisedBy, SuperviseMode } from "../../contract.gen";
import { useDesk } from "../../desk/store";
import { Chip, PermissionGate, Phone } from "../../ui/bits";
import { Since } from "../../ui/Timer";
import { useDo } from "../desk/useCall";

const modes: SuperviseMode[] = ["listen", "whisper", "barge"];
const icons: Record<SuperviseMode, ReactNode> = {
  listen: <CustomerServiceOutlined />,
  whisper: <AudioOutlined />,
  barge: <TeamOutlined />,
};

/** In a row of the live calls: come in, or who is in already. */
export function ComeIn({ row, names }: { row: LiveCall; names: LiveSnapshot }) {
  const { t } = useTranslation();
  const { supervise, busy } = useDo();
  const mine = useDesk((state) => state.desk.supervising);
  const me = useDesk((state) => state.desk.seat?.agent);
  const up = useDesk((state) => state.link === "up");
  const others = row.supervisors.filter((one) => one !== me).map((one) => names.agentNames[one]?.name ?? one);
  const there =
    others.length > 0 ? (
      <Tooltip title={t("supervise.there", { names: others.join(t("word.and")) })}>
        <span className="soft">
          <EyeOutlined aria-label={t("supervise.there", { names: others.join(t("word.and")) })} /> {others.length}
        </span>
      </Tooltip>
    ) : null;
  if ((row.state !== "talking" && row.state !== "held") || row.agent === me || mine?.interaction === row.interaction)
    return there;
  return (
    <>
      <PermissionGate need="calls.supervise">
        <Dropdown
          trigger={["click"]}
          disabled={!up}
          menu={{
            items: modes.map((mode) => ({
              key: mode,
              icon: icons[mode],
              label: (
                <span className="cell2">
                  <b>{t(`supervise.mode.${mode}`)}</b>
                  <small>{t(`supervise.hint.${mode}`)}</small>
                </span>
              ),
              onClick: () => void supervise(row.interaction, { kind: "join", mode, reason: "" }),
            })),
          }}
        >
          <Button
            size="small"
            type="text"
            icon={<CustomerServiceOutlined />}
            loading={busy(`supervise:${row.interaction}`)}
            data-supervise={row.interaction}
          >
            {t("supervise.comeIn")}
          </Button>
        </Dropdown>
      </PermissionGate>
      {there}
    </>
  );
}

/** The talk I am in: how I am in it, and the way out. On every page, until it is over. */
export function SuperviseStrip() {
  const { t } = useTranslation();
  const { supervise, busy } = useDo();
  const here = useDesk((state) => state.desk.supervising);
  const up = useDesk((state) => state.link === "up");
  if (!here) return null;
  const working = busy(`supervise:${here.interaction}`);
  return (
    <section className={`strip supervise supervise-${here.mode}`} aria-label={t("supervise.strip")}>
      <div className="strip-who" role="status">
        <span className={`dot ${here.connected ? "dot-talking" : "dot-ringing pulse"}`} />
        <b>{here.connected ? t(`supervise.now.${here.mode}`, { name: here.agentName }) : t("supervise.rings")}</b>
        <Phone number={here.caller.number} raw={here.caller.raw} withheld={here.caller.withheld} />
        <Since at={here.since} />
      </div>
      <div className="supervise-do">
        <Segmented<SuperviseMode>
          aria-label={t("supervise.how")}
          value={here.mode}
          disabled={!up || working}
          onChange={(mode) => void supervise(here.interaction, { kind: "join", mode, reason: "" })}
          options={modes.map((mode) => ({
            value: mode,
            icon: icons[mode],
            label: t(`supervise.mode.${mode}`),
            tooltip: t(`supervise.hint.${mode}`),
          }))}
        />
        <Popconfirm
          title={t("supervise.takeOverAsk", { name: here.agentName })}
          description={t("supervise.takeOverHint", { name: here.agentName })}
          okText={t("supervise.takeOver")}
          onConfirm={() => void supervise(here.interaction, { kind: "take_over" })}
        >
          <Button disabled={!up || !here.connected || working} data-supervise-take-over>
            {t("supervise.takeOver")}
          </Button>
        </Popconfirm>
        <Button
          className="call-end"
          disabled={!up}
          data-supervise-leave
          onClick={() => void supervise(here.interaction, { kind: "leave" })}
        >
          {t("supervise.leave")}
        </Button>
      </div>
    </section>
  );
}

/** On the agent's card: who hears, or speaks. */
export function Supervised({ by }: { by: SupervisedBy[] }) {
  const { t } = useTranslation();
  return by.map((one) => (
    <Chip key={one.agent} tone={one.mode === "listen" ? "plain" : "info"} icon={icons[one.mode]}>
      {t(`supervise.by.${one.mode}`, { name: one.name })}
    </Chip>
  ));
}
