// What the server wants the person to know, as it comes: in the reader's words where the catalogue has the code.

import { App } from "antd";
import i18next from "i18next";
import { useEffect, useRef } from "react";
import { useDesk } from "./store";

export function useNotices() {
  const { notification } = App.useApp();
  const newest = useDesk((state) => state.desk.notices[0]);
  const seen = useRef(newest?.n ?? 0);
  useEffect(() => {
    if (!newest || newest.n <= seen.current) return;
    seen.current = newest.n;
    const key = `notice.${newest.code}`;
    // Why the seat changed stands in a banner until it is over; a code of a newer server has no words yet.
    if (!i18next.exists(key)) return;
    // A cause is a word of the catalogue too.
    const { cause } = newest.values;
    const values =
      cause && i18next.exists(`cause.${cause}`)
        ? { ...newest.values, cause: i18next.t(`cause.${cause}`) }
        : newest.values;
    const title = i18next.t(key, values);
    notification[newest.level]({ title, key: String(newest.n) });
  }, [newest, notification]);
}
