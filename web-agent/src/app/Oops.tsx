import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Nothing } from "../ui/bits";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <main className="page">
      <Nothing
        art="search"
        title={t("oops.notFound")}
        hint={t("oops.notFoundHint")}
        action={<Link to="/desk">{t("nav.desk")}</Link>}
      />
    </main>
  );
}

/** A page that broke; the call bar above it did not. */
export function Oops({ reset }: { reset: () => void }) {
  const { t } = useTranslation();
  return (
    <main className="page">
      <Nothing
        title={t("oops.broken")}
        hint={t("oops.brokenHint")}
        action={<Button onClick={reset}>{t("oops.again")}</Button>}
      />
    </main>
  );
}
