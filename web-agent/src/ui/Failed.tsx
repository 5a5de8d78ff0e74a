// What could not be loaded: why, and a way to ask again.

import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { Nothing } from "./bits";
import { saying } from "./say";

export function Failed({ why, again }: { why: unknown; again: () => void }) {
  const { t } = useTranslation();
  return (
    <div role="alert">
      <Nothing
        title={t("list.failed")}
        hint={saying(why)}
        action={<Button onClick={again}>{t("oops.again")}</Button>}
      />
    </div>
  );
}
