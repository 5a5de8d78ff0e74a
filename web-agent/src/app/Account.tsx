import { LogoutOutlined, MoonOutlined, SunOutlined, TranslationOutlined, UserOutlined } from "@ant-design/icons";
import { useNavigate } from "@tanstack/react-router";
import { Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import { Face } from "../ui/bits";
import { modeOf, usePrefs } from "./prefs";
import { useMe, useSignOut } from "./session";

export function Account() {
  const { t } = useTranslation();
  const me = useMe();
  const go = useNavigate();
  const signOut = useSignOut();
  const { language, look, set } = usePrefs();
  const dark = modeOf(look) === "dark";
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          {
            key: "who",
            disabled: true,
            label: (
              <span className="who">
                <b>{me.agent.name}</b>
                <span>{me.roles.map((role) => t(`role.${role}`)).join(" · ")}</span>
              </span>
            ),
          },
          { type: "divider" },
          {
            key: "account",
            icon: <UserOutlined />,
            label: t("account.title"),
            onClick: () => void go({ to: "/account" }),
          },
          {
            key: "language",
            icon: <TranslationOutlined />,
            label: language === "en" ? "切换到中文" : "Switch to English",
            onClick: () => set({ language: language === "en" ? "zh-CN" : "en" }),
          },
          {
            key: "look",
            icon: dark ? <SunOutlined /> : <MoonOutlined />,
            label: dark ? t("account.light") : t("account.dark"),
            onClick: () => set({ look: dark ? "light" : "dark" }),
          },
          { type: "divider" },
          { key: "out", icon: <LogoutOutlined />, label: t("account.signOut"), onClick: () => void signOut() },
        ],
      }}
    >
      <button type="button" className="me" aria-label={t("account.menu", { name: me.agent.name })}>
        <Face name={me.agent.name} size={34} />
      </button>
    </Dropdown>
  );
}
