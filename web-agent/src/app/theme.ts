// antd dressed in our palette. antd's own defaults fail WCAG AA contrast, so every text colour is set here.

import { type ThemeConfig, theme } from "antd";
import { type Mode, palette } from "./palette";

export const fontFamily =
  '-apple-system, BlinkMacSystemFont, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans SC", "Noto Sans CJK SC", "Helvetica Neue", Arial, sans-serif';

export function themeFor(mode: Mode): ThemeConfig {
  const c = palette[mode];
  return {
    algorithm: mode === "dark" ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      colorPrimary: c.primary,
      colorPrimaryHover: c.primaryHover,
      colorInfo: c.primary,
      colorLink: c.primaryText,
      colorLinkHover: c.primaryText,
      colorLinkActive: c.primaryText,
      colorError: c.badSolid,
      colorErrorText: c.bad,
      colorSuccess: c.okSolid,
      colorSuccessText: c.ok,
      colorWarningText: c.warn,
      colorText: c.text,
      colorTextSecondary: c.text2,
      colorTextTertiary: c.text3,
      colorTextDescription: c.text2,
      colorTextPlaceholder: c.text3,
      colorTextHeading: c.text,
      colorIcon: c.text2,
      colorBgLayout: c.bg,
      colorBgContainer: c.surface,
      colorBgElevated: mode === "dark" ? c.raised : c.surface,
      colorBorder: c.lineStrong,
      colorBorderSecondary: c.line,
      colorSplit: c.line,
      borderRadius: 8,
      borderRadiusSM: 6,
      borderRadiusLG: 12,
      fontFamily,
      fontSize: 14,
      controlHeight: 34,
      wireframe: false,
      motionDurationMid: "0.14s",
      motionDurationSlow: "0.2s",
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", dangerShadow: "none", fontWeight: 500 },
      Table: {
        headerBg: c.raised,
        headerColor: c.text2,
        headerSplitColor: "transparent",
        rowHoverBg: c.raised,
        rowSelectedBg: c.primarySoft,
        rowSelectedHoverBg: c.primarySoft,
        cellPaddingBlockMD: 9,
        cellPaddingInlineMD: 12,
      },
      Descriptions: { labelColor: c.text2 },
      Tabs: {
        itemColor: c.text2,
        itemSelectedColor: c.primaryText,
        itemHoverColor: c.primaryText,
        inkBarColor: c.primaryText,
      },
      Segmented: { itemColor: c.text2, trackBg: c.sunken },
      Form: { labelColor: c.text2, verticalLabelPadding: "0 0 4px", itemMarginBottom: 16 },
      Select: { optionSelectedBg: c.primarySoft, optionSelectedColor: c.text },
      Tooltip: { colorBgSpotlight: mode === "dark" ? "#2b384c" : "#1d2738" },
      Drawer: { paddingLG: 20 },
    },
  };
}
