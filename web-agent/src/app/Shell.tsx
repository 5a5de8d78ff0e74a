// The frame around every page: where to go, who I am, how my seat is, and the call, which no page may hide.

import {
  AudioOutlined,
  ContactsOutlined,
  CustomerServiceOutlined,
  DashboardOutlined,
  PhoneOutlined,
  QuestionCircleOutlined,
  SearchOutlined,
  SettingOutlined,
} from "@ant-design/icons";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Button, Tooltip } from "antd";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Permission } from "../api";
import { type KeyAction, listen, onKeys, useKeys } from "../desk/keys";
import { connectDesk, disconnectDesk } from "../desk/store";
import { joinTabs, leaveTabs } from "../desk/tabs";
import { useNotices } from "../desk/useNotices";
import { usePhoneHere } from "../desk/usePhoneHere";
import { useRinging } from "../desk/useRinging";
import { CallStrip } from "../pages/desk/CallStrip";
import { DialButton } from "../pages/desk/Dial";
import { MessagesButton } from "../pages/desk/Messages";
import { SeatControl } from "../pages/desk/SeatControl";
import { useCallKeys } from "../pages/desk/useCallKeys";
import { useLeft } from "../pages/desk/useLeft";
import { SuperviseStrip } from "../pages/live/Supervise";
import { Mark } from "../ui/Brand";
import { Key } from "../ui/bits";
import { Account } from "./Account";
import { Banners } from "./Banners";
import { Commands } from "./Commands";
import { Help } from "./Help";
import { useMay } from "./session";

type Place = { to: string; icon: ReactNode; need: Permission; word: string };

export function usePlaces(): Place[] {
  const may = useMay();
  const { t } = useTranslation();
  const places: Place[] = [
    { to: "/desk", icon: <CustomerServiceOutlined />, need: "desk.use", word: t("nav.desk") },
    { to: "/calls", icon: <PhoneOutlined />, need: "calls.read", word: t("nav.calls") },
    { to: "/customers", icon: <ContactsOutlined />, need: "customers.read", word: t("nav.customers") },
    { to: "/recordings", icon: <AudioOutlined />, need: "recordings.listen", word: t("nav.recordings") },
    { to: "/live", icon: <DashboardOutlined />, need: "live.read", word: t("nav.live") },
    { to: "/admin", icon: <SettingOutlined />, need: "admin.read", word: t("nav.admin") },
  ];
  return places.filter((place) => may(place.need));
}

export function useKeyHandlers(handlers: Partial<Record<KeyAction, () => void>>) {
  const now = useRef(handlers);
  now.current = handlers;
  useEffect(() => onKeys(now), []);
}

export function Shell() {
  const { t } = useTranslation();
  const places = usePlaces();
  const may = useMay();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const keys = useKeys((state) => state.keys);
  const desk = may("desk.use");
  const [commands, setCommands] = useState(false);
  const [help, setHelp] = useState(false);

  useEffect(() => {
    if (desk) {
      connectDesk();
      joinTabs();
    }
    const quiet = listen();
    return () => {
      quiet();
      leaveTabs();
      disconnectDesk();
    };
  }, [desk]);
  useRinging();
  usePhoneHere();
  useNotices();
  useLeft();
  useCallKeys();
  useKeyHandlers({ commands: () => setCommands(true), help: () => setHelp(true) });

  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t("nav.skip")}
      </a>
      <nav className="rail" aria-label={t("nav.main")}>
        <Link to="/" aria-label="Zuoxi" className="rail-mark">
          <Mark size={34} />
        </Link>
        {places.map((place) => (
          <Link
            key={place.to}
            to={place.to}
            className={`rail-item ${path.startsWith(place.to) ? "on" : ""}`}
            aria-current={path.startsWith(place.to) ? "page" : undefined}
          >
            {place.icon}
            <span>{place.word}</span>
          </Link>
        ))}
        <span className="grow" />
        <Tooltip title={t("help.title")} placement="right">
          <button type="button" className="rail-item" onClick={() => setHelp(true)} aria-label={t("help.title")}>
            <QuestionCircleOutlined />
          </button>
        </Tooltip>
      </nav>
      <header className="top">
        <Button className="search" icon={<SearchOutlined />} onClick={() => setCommands(true)}>
          <span>{t("commands.open")}</span>
          <Key chord={keys.commands} />
        </Button>
        <span className="grow" />
        {desk && <DialButton />}
        {desk && <MessagesButton />}
        {desk && <SeatControl />}
        <Account />
      </header>
      <div className="body">
        <Banners />
        <CallStrip />
        <SuperviseStrip />
        <div id="content" className="content" tabIndex={-1}>
          <Outlet />
        </div>
      </div>
      <Commands open={commands} close={() => setCommands(false)} help={() => setHelp(true)} />
      <Help open={help} close={() => setHelp(false)} />
    </div>
  );
}
