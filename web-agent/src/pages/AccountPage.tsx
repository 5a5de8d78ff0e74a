// My account: who I am, my password, how this browser looks and rings, my shortcuts.

import { Button, Segmented, Slider, Switch } from "antd";
import { useTranslation } from "react-i18next";
import { Shortcuts } from "../app/Help";
import { type Language, type Look, usePrefs } from "../app/prefs";
import { useMe } from "../app/session";
import { ringer } from "../desk/ring";
import { Face, Panel } from "../ui/bits";
import { PasswordForm } from "./PasswordForm";

const HEAR_MS = 1400;

export function AccountPage() {
  const { t } = useTranslation();
  const me = useMe();
  const { language, look, ringVolume, notify, set } = usePrefs();
  const hear = () => {
    ringer.start(ringVolume);
    setTimeout(() => ringer.stop(), HEAR_MS);
  };
  return (
    <main className="page account">
      <header className="page-head">
        <Face name={me.agent.name} size={52} />
        <div>
          <h1>{me.agent.name}</h1>
          <p>
            {[me.agent.username, me.agent.team?.name, ...me.roles.map((role) => t(`role.${role}`))]
              .filter(Boolean)
              .join(" · ")}
          </p>
        </div>
      </header>
      <div className="account-grid">
        <Panel title={t("account.here")}>
          <div className="settings">
            <Setting name={t("account.language")}>
              <Segmented<Language>
                value={language}
                options={[
                  { value: "zh-CN", label: "中文" },
                  { value: "en", label: "English" },
                ]}
                onChange={(next) => set({ language: next })}
              />
            </Setting>
            <Setting name={t("account.look")}>
              <Segmented<Look>
                value={look}
                options={(["light", "dark", "system"] as const).map((value) => ({ value, label: t(`look.${value}`) }))}
                onChange={(next) => set({ look: next })}
              />
            </Setting>
            <Setting name={t("account.volume")}>
              <Slider
                min={0}
                max={1}
                step={0.05}
                value={ringVolume}
                onChange={(next) => set({ ringVolume: next })}
                tooltip={{ open: false }}
                ariaLabelForHandle={t("account.volume")}
              />
              <Button size="small" onClick={hear}>
                {t("account.hear")}
              </Button>
            </Setting>
            <Setting name={t("account.notify")}>
              <Switch
                checked={notify}
                aria-label={t("account.notify")}
                onChange={(next) => {
                  set({ notify: next });
                  if (next && typeof Notification !== "undefined") void Notification.requestPermission();
                }}
              />
            </Setting>
          </div>
        </Panel>
        <Panel title={t("account.password")}>
          <PasswordForm />
        </Panel>
        <Panel title={t("help.title")} className="account-keys">
          <div className="settings">
            <Shortcuts />
          </div>
        </Panel>
      </div>
    </main>
  );
}

function Setting({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className="setting">
      <span>{name}</span>
      <div>{children}</div>
    </div>
  );
}
