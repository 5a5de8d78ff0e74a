import { act, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { open, speak } from "../../test/house";
import type { CallCard, Seat } from "../contract.gen";
import { emptyDesk } from "../desk/fold";
import { usePhone } from "../desk/phone";
import { useDesk } from "../desk/store";
import { useTabs } from "../desk/tabs";
import { Banners } from "./Banners";

const seat = {
  agent: "7",
  station: "7",
  status: { kind: "ready" },
  statusWhy: "chosen",
  health: "ok",
} as unknown as Seat;
const talk = { interaction: "9", state: "talking" } as unknown as CallCard;
const cut = "Your audio was cut off";

describe("what a browser that is a phone says", () => {
  beforeEach(async () => {
    await speak();
    useTabs.setState({ owns: true });
    useDesk.setState({ link: "up", upAt: 1, desk: { ...emptyDesk, seat, cards: [talk] } });
    usePhone.setState({ state: "up", microphone: "ok", mute: false });
    open(<Banners />);
  });

  it("audio that is cut in a talk is told, and no longer once it is back", () => {
    expect(screen.queryByText(cut, { exact: false })).toBeNull();
    act(() => usePhone.setState({ state: "connecting" }));
    expect(screen.getByRole("alert").textContent).toContain(cut);
    act(() => usePhone.setState({ state: "up" }));
    expect(screen.queryByRole("alert")).toBeNull();
  });

  it("between calls a connection that is made anew alarms nobody", () => {
    act(() => useDesk.setState({ desk: { ...emptyDesk, seat, cards: [] } }));
    act(() => usePhone.setState({ state: "connecting" }));
    expect(screen.queryByRole("alert")).toBeNull();
  });
});
