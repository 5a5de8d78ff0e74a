import { act, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { CallCard } from "../contract.gen";
import { emptyDesk } from "./fold";
import { useDesk } from "./store";
import { useHeard } from "./useRinging";

const ring = (interaction: string, until: number) =>
  ({ interaction, state: "ringing", until, stateSince: 0 }) as unknown as CallCard;
const show = (cards: CallCard[]) => act(() => useDesk.setState({ desk: { ...emptyDesk, cards } }));

describe("what is heard", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    useDesk.setState({ desk: emptyDesk, link: "up", skewMs: 0 });
  });
  afterEach(() => void vi.useRealTimers());

  it("a ring is heard and ends with its card, whatever ended it", () => {
    const { result } = renderHook(useHeard);
    expect(result.current).toBeNull();
    show([ring("9", Date.now() + 20_000)]);
    expect(result.current).toBe("9");
    show([]);
    expect(result.current).toBeNull();
  });

  it("a ring ends when answered, here or on the phone", () => {
    const { result } = renderHook(useHeard);
    show([ring("9", Date.now() + 20_000)]);
    show([{ ...ring("9", Date.now() + 20_000), state: "talking" }]);
    expect(result.current).toBeNull();
  });

  it("a ring ends by itself when its time is over and no message comes", () => {
    const { result } = renderHook(useHeard);
    show([ring("9", Date.now() + 20_000)]);
    act(() => void vi.advanceTimersByTime(19_000));
    expect(result.current).toBe("9");
    act(() => void vi.advanceTimersByTime(1_100));
    expect(result.current).toBeNull();
  });

  it("a ring ends at once when the line is lost: what is shown may be over", () => {
    const { result } = renderHook(useHeard);
    show([ring("9", Date.now() + 20_000)]);
    act(() => useDesk.setState({ link: "down" }));
    expect(result.current).toBeNull();
  });

  it("of two rings the second goes on when the first ends", () => {
    const { result } = renderHook(useHeard);
    const until = Date.now() + 20_000;
    show([ring("1", until), ring("2", until)]);
    show([ring("2", until)]);
    expect(result.current).toBe("2");
  });

  it("a server whose clock differs ends the ring by its own clock", () => {
    useDesk.setState({ skewMs: 3_600_000 });
    const { result } = renderHook(useHeard);
    show([ring("9", Date.now() + 3_600_000 + 5_000)]);
    expect(result.current).toBe("9");
    act(() => void vi.advanceTimersByTime(5_100));
    expect(result.current).toBeNull();
  });
});
