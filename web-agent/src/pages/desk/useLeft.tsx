// A call left with something typed and not saved, as when wrap-up runs out: said once, with the way to finish it.

import { useNavigate } from "@tanstack/react-router";
import { App, Button } from "antd";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useWorks } from "../../desk/keeper";

export function useLeft() {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const go = useNavigate();
  const left = useWorks((state) => state.left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: said once a call, not once a language
  useEffect(() => {
    if (!left) return;
    const key = `left-${left.call}`;
    const open = () => {
      notification.destroy(key);
      void go({ to: "/calls", search: { call: left.call } });
    };
    notification.info({
      key,
      duration: 10,
      // The seat's button stays in reach.
      placement: "bottomRight",
      title: t("own.left"),
      description: t("own.leftHint"),
      actions: (
        <Button type="primary" size="small" onClick={open}>
          {t("own.finish")}
        </Button>
      ),
    });
  }, [left]);
}
