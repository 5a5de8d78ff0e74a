// How my seat is: status, since when, the phone's health, what comes next; and how to change it.

import { CaretDownOutlined, LaptopOutlined, PhoneFilled, WarningFilled } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Dropdown, type MenuProps, Popover, Radio, Tooltip } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { desk, type StationChoice } from "../../api";
import { usePrefs } from "../../app/prefs";
import { useMay } from "../../app/session";
import type { Seat, SeatStatus } from "../../contract.gen";
import { canBePhone } from "../../desk/phone";
import { useDesk } from "../../desk/store";
import { phone } from "../../desk/usePhoneHere";
import { useName } from "../../ui/bits";
import { Since } from "../../ui/Timer";
import { Hand } from "./Hand";
import { PhoneGauge } from "./PhoneGauge";
import { useDo } from "./useCall";

export const setupKey = ["desk", "setup"];
export function useSetup() {
  const may = useMay();
  return useQuery({ queryKey: setupKey, queryFn: desk.setup, staleTime: 60_000, enabled: may("desk.use") });
}

export function useStatusWord() {
  const { t } = useTranslation();
  const name = useName();
  const setup = useSetup();
  return (status: SeatStatus): string => {
    if (status.kind !== "not_ready") return t(`seat.${status.kind}`);
    const reason = setup.data?.reasons.find((one) => one.id === status.reason);
    return reason ? name(reason) : t("seat.not_ready");
  };
}

/** The tone of a seat: what an onlooker needs at a glance. */
export function toneOf(seat: Pick<Seat, "status" | "activity">): string {
  if (seat.activity.kind !== "idle") return seat.activity.kind;
  return seat.status.kind;
}

export function useStationName() {
  const { t } = useTranslation();
  return (station: StationChoice) => (station.browser ? t("station.browser") : station.name);
}

export function SeatControl() {
  const { t } = useTranslation();
  const nameOf = useStationName();
  const name = useName();
  const word = useStatusWord();
  const setup = useSetup();
  const { seat: ask, busy } = useDo();
  const link = useDesk((state) => state.link);
  const seat = useDesk((state) => state.desk.seat);
  if (!seat) return <span className="seat seat-unknown">{t("seat.connecting")}</span>;
  if (seat.status.kind === "offline") return <TakeSeat />;

  const station = setup.data?.stations.find((one) => one.id === seat.station);
  const idle = seat.activity.kind === "idle";
  const items: MenuProps["items"] = [
    {
      key: "ready",
      icon: <span className="dot dot-ready" />,
      label: t("seat.ready"),
      disabled: seat.status.kind === "ready" && !seat.next,
      onClick: () => void ask({ kind: "ready" }),
    },
    { type: "divider" },
    {
      type: "group",
      label: t("seat.not_ready"),
      children: [
        ...(setup.data?.reasons ?? []).map((reason) => ({
          key: `reason-${reason.id}`,
          icon: <span className="dot dot-not_ready" />,
          label: (
            <span className="spread">
              {name(reason)}
              {reason.targetMinutes > 0 && (
                <span className="soft">{t("seat.minutes", { n: reason.targetMinutes })}</span>
              )}
            </span>
          ),
          onClick: () => void ask({ kind: "not_ready", reason: reason.id }),
        })),
        {
          key: "none",
          icon: <span className="dot dot-not_ready" />,
          label: t("seat.noReason"),
          onClick: () => void ask({ kind: "not_ready", reason: null }),
        },
      ],
    },
    { type: "divider" },
    {
      key: "out",
      icon: <span className="dot dot-offline" />,
      label: t("seat.leave"),
      onClick: () => void ask({ kind: "sign_out" }),
    },
  ];
  return (
    <div className="seat">
      <Tooltip title={t(`station.${seat.health}`)}>
        <span className={`station station-${seat.health}`}>
          {seat.health !== "ok" ? <WarningFilled /> : station?.browser ? <LaptopOutlined /> : <PhoneFilled />}
          <span>{station ? nameOf(station) : t("station.none")}</span>
          <span className="sr">{t(`station.${seat.health}`)}</span>
        </span>
      </Tooltip>
      {seat.next && <span className="next">{t("seat.next", { status: word(seat.next) })}</span>}
      <Hand />
      {/* A menu that grows while it is open puts another entry under the pointer. */}
      <Dropdown
        menu={{ items }}
        trigger={["click"]}
        disabled={link !== "up" || setup.isPending}
        popupRender={(menu) =>
          station?.browser ? (
            <div className="seat-popup">
              <PhoneGauge />
              {menu}
            </div>
          ) : (
            menu
          )
        }
      >
        <Button className={`seat-button tone-${toneOf(seat)}`} loading={busy("seat:ready") || busy("seat:not_ready")}>
          <span className={`dot dot-${toneOf(seat)}`} />
          <b>{idle ? word(seat.status) : t(`activity.${seat.activity.kind}`)}</b>
          <Since at={idle ? seat.statusSince : seat.activitySince} />
          <CaretDownOutlined />
        </Button>
      </Dropdown>
    </div>
  );
}

function TakeSeat() {
  const { t } = useTranslation();
  const setup = useSetup();
  const { seat: ask, busy } = useDo();
  const link = useDesk((state) => state.link);
  const nameOf = useStationName();
  const last = usePrefs((state) => state.station);
  const setPrefs = usePrefs((state) => state.set);
  const [chosen, setChosen] = useState<string | null>(null);
  const stations = (setup.data?.stations ?? []).filter((one) => one.mine || one.free);
  const usable = (one: StationChoice) => !one.browser || canBePhone();
  // What I took last; else my phone, where it rings; else the browser, which is there anyway.
  const inOrder = [
    stations.find((one) => one.id === last),
    stations.find((one) => one.mine && one.health === "ok"),
    stations.find((one) => one.browser),
    stations.find((one) => one.mine),
  ];
  const station = chosen ?? inOrder.find((one) => one && usable(one))?.id ?? null;
  async function sit() {
    if (!station) return;
    phone.claim(stations.some((one) => one.browser && one.id === station));
    if (await ask({ kind: "sign_in", station })) setPrefs({ station });
    else phone.claim(false);
  }
  const take = (
    <div className="take">
      <b>{t("seat.choose")}</b>
      <Radio.Group value={station} onChange={(event) => setChosen(event.target.value)} className="take-list">
        {stations.map((one) => (
          <Radio key={one.id} value={one.id} disabled={!usable(one)}>
            <span className="spread" data-station={one.browser ? "browser" : one.name}>
              <span>
                {nameOf(one)} {one.mine && !one.browser && <span className="soft">{t("seat.mine")}</span>}
              </span>
              {one.browser ? (
                <span className="soft">{t("seat.headset")}</span>
              ) : (
                <span className={`station station-${one.health}`}>{t(`station.${one.health}`)}</span>
              )}
            </span>
          </Radio>
        ))}
      </Radio.Group>
      {stations.some((one) => !usable(one)) && <p className="soft">{t("phone.insecure")}</p>}
      {stations.length === 0 && <p className="soft">{t("seat.noStations")}</p>}
      <Button
        type="primary"
        block
        disabled={!station || link !== "up"}
        loading={busy("seat:sign_in")}
        onClick={() => void sit()}
      >
        {t("seat.take")}
      </Button>
    </div>
  );
  return (
    <div className="seat">
      <Popover
        content={take}
        trigger="click"
        placement="bottomRight"
        onOpenChange={(open) => open && void setup.refetch()}
      >
        <Button type="primary" icon={<PhoneFilled />}>
          {t("seat.begin")}
        </Button>
      </Popover>
    </div>
  );
}
