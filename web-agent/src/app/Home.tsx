// The root: sign-in where nobody is, else the shell.

import { Spin } from "antd";
import { useTranslation } from "react-i18next";
import { FirstPassword } from "../pages/FirstPassword";
import { SignIn } from "../pages/SignIn";
import { Nothing } from "../ui/bits";
import { showIn } from "../ui/format";
import { saying } from "../ui/say";
import { Shell } from "./Shell";
import { useSession } from "./session";

export function Home() {
  const { t } = useTranslation();
  const me = useSession();
  if (me.isPending) {
    return (
      <div className="splash" role="status" aria-label={t("word.loading")}>
        <Spin size="large" />
        {me.failureCount > 0 && <p>{t("error.code.offline")}</p>}
      </div>
    );
  }
  if (me.isError) return <Nothing title={t("oops.broken")} hint={saying(me.error)} />;
  if (!me.data) return <SignIn />;
  showIn(me.data.zone);
  // The server allows nothing else until then.
  return me.data.mustChangePassword ? <FirstPassword /> : <Shell />;
}
