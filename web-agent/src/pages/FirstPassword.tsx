// A password that somebody else made is changed before anything else.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useSignOut } from "../app/session";
import { Wordmark } from "../ui/Brand";
import { Panel } from "../ui/bits";
import { PasswordForm } from "./PasswordForm";

export function FirstPassword() {
  const { t } = useTranslation();
  const signOut = useSignOut();
  return (
    <main className="first">
      <Wordmark />
      <h1>{t("first.title")}</h1>
      <p className="soft">{t("first.hint")}</p>
      <Panel>
        <PasswordForm />
      </Panel>
      <Button type="text" onClick={() => void signOut()}>
        {t("account.signOut")}
      </Button>
    </main>
  );
}
