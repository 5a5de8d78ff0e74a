import { GlobalOutlined, LockOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Alert, Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { session } from "../api";
import { usePrefs } from "../app/prefs";
import { meKey } from "../app/session";
import { Wordmark } from "../ui/Brand";
import { saying } from "../ui/say";

export function SignIn() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const { language, set } = usePrefs();
  const [failed, setFailed] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function enter({ username, password }: { username: string; password: string }) {
    setBusy(true);
    setFailed(null);
    try {
      const me = await session.signIn(username.trim(), password);
      const mine = me.language;
      if (!usePrefs.getState().languageChosen && (mine === "en" || mine === "zh-CN"))
        usePrefs.setState({ language: mine });
      queries.setQueryData(meKey, me);
    } catch (why) {
      setFailed(saying(why));
    } finally {
      setBusy(false);
    }
  }

  return (
    <div className="signin">
      <aside aria-hidden="true">
        <div className="waves">
          <svg viewBox="0 0 600 600" preserveAspectRatio="xMidYMid slice" aria-hidden="true">
            {[80, 140, 200, 260, 320, 380, 440].map((r) => (
              <circle key={r} cx="300" cy="330" r={r} />
            ))}
          </svg>
        </div>
        <blockquote>{t("signin.promise")}</blockquote>
      </aside>
      <main>
        <div className="signin-box">
          <Wordmark />
          <h1>{t("signin.title")}</h1>
          <Form layout="vertical" requiredMark={false} onFinish={enter} size="large">
            {failed && <Alert type="error" showIcon title={failed} className="gap-b" />}
            <Form.Item
              name="username"
              label={t("signin.username")}
              rules={[{ required: true, message: t("form.required") }]}
            >
              <Input prefix={<UserOutlined />} autoComplete="username" autoFocus />
            </Form.Item>
            <Form.Item
              name="password"
              label={t("signin.password")}
              rules={[{ required: true, message: t("form.required") }]}
            >
              <Input.Password prefix={<LockOutlined />} autoComplete="current-password" />
            </Form.Item>
            <Button type="primary" htmlType="submit" block loading={busy}>
              {t("signin.enter")}
            </Button>
          </Form>
          <Button
            type="text"
            icon={<GlobalOutlined />}
            className="signin-language"
            onClick={() => set({ language: language === "en" ? "zh-CN" : "en" })}
          >
            {language === "en" ? "中文" : "English"}
          </Button>
        </div>
      </main>
    </div>
  );
}
