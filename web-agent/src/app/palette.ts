// Every colour of the desktop, once: CSS variables for our own pieces, tokens for antd's. Each text colour passes WCAG AA
// on each surface of its theme (checked by `palette.test.ts`).

export type Mode = "light" | "dark";

export const palette = {
  light: {
    bg: "#f3f5f9",
    surface: "#ffffff",
    raised: "#f8fafc",
    sunken: "#edf1f7",
    line: "#e1e7f0",
    lineStrong: "#c9d3e1",
    text: "#172033",
    text2: "#465169",
    text3: "#59657e",
    primary: "#0958d9",
    primaryHover: "#0a62ee",
    primaryText: "#0958d9",
    primarySoft: "#e8f1ff",
    ok: "#0a6b3c",
    okSoft: "#e3f6ec",
    okSolid: "#0c7a45",
    warn: "#8a5000",
    warnSoft: "#fdf1dc",
    bad: "#b9141c",
    badSoft: "#fdeaea",
    badSolid: "#c8161e",
    wrap: "#5a36c2",
    wrapSoft: "#f0ebfd",
    vip: "#7d5300",
    vipSoft: "#fff3d6",
    rail: "#101828",
    railText: "#b6c2d6",
    shadow: "0 1px 2px rgba(16,24,40,.05), 0 1px 3px rgba(16,24,40,.06)",
    lift: "0 12px 32px rgba(16,24,40,.16), 0 2px 6px rgba(16,24,40,.08)",
  },
  dark: {
    bg: "#0c1118",
    surface: "#151c27",
    raised: "#1a2330",
    sunken: "#0f151e",
    line: "#263143",
    lineStrong: "#3a4860",
    text: "#e7ecf4",
    text2: "#b3bfd1",
    text3: "#96a4b9",
    primary: "#2a66d1",
    primaryHover: "#326fdb",
    primaryText: "#7db1ff",
    primarySoft: "#16294a",
    ok: "#5ccf93",
    okSoft: "#11301f",
    okSolid: "#147a48",
    warn: "#e9b15a",
    warnSoft: "#35270f",
    bad: "#ff8b85",
    badSoft: "#3a1819",
    badSolid: "#c72a2f",
    wrap: "#b9a3ff",
    wrapSoft: "#251d45",
    vip: "#f0c05f",
    vipSoft: "#33270c",
    rail: "#080c12",
    railText: "#9fadc2",
    shadow: "0 1px 2px rgba(0,0,0,.4)",
    lift: "0 14px 36px rgba(0,0,0,.6), 0 2px 6px rgba(0,0,0,.5)",
  },
} as const;

export type Colour = keyof (typeof palette)["light"];

/** Makes the palette the page's. */
export function paint(mode: Mode) {
  const root = document.documentElement;
  root.dataset.theme = mode;
  root.style.colorScheme = mode;
  for (const [name, value] of Object.entries(palette[mode])) {
    root.style.setProperty(`--${name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`, value);
  }
}
