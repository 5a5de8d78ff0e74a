import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App as AntApp, ConfigProvider } from "antd";
import { StrictMode, useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { Problem, whenSignedOut } from "./api";
import { type Loaded, speak } from "./app/i18n";
import { paint } from "./app/palette";
import { modeOf, onSystemLook, usePrefs } from "./app/prefs";
import { router } from "./app/router";
import { meKey } from "./app/session";
import { themeFor } from "./app/theme";
import "./app/styles.css";
import "./app/desk.css";
import "./app/talk.css";
import "./app/pages.css";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      refetchOnWindowFocus: false,
      retry: (count, why) => why instanceof Problem && (why.status === 0 || why.status >= 500) && count < 2,
    },
  },
});
whenSignedOut(() => queries.setQueryData(meKey, null));

function Root({ first }: { first: Loaded }) {
  const { language, look } = usePrefs();
  const [words, setWords] = useState(first);
  const [mode, setMode] = useState(() => modeOf(look));
  useEffect(() => {
    setMode(modeOf(look));
    return onSystemLook(() => setMode(modeOf(look)));
  }, [look]);
  useEffect(() => paint(mode), [mode]);
  useEffect(() => void speak(language).then(setWords), [language]);
  const theme = useMemo(() => themeFor(mode), [mode]);
  return (
    <ConfigProvider locale={words.antd} theme={theme} button={{ autoInsertSpace: false }}>
      {/* Below the head of a page or drawer, whose close button stays in reach. */}
      <AntApp message={{ maxCount: 3, top: 64 }} notification={{ placement: "topRight" }}>
        <RouterProvider router={router} />
      </AntApp>
    </ConfigProvider>
  );
}

const { language, look } = usePrefs.getState();
paint(modeOf(look));
void speak(language).then((first) => {
  const root = document.getElementById("root");
  if (!root) return;
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Root first={first} />
      </QueryClientProvider>
    </StrictMode>,
  );
});
