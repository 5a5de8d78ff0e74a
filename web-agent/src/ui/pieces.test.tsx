import { act, fireEvent, renderHook, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { open, serve, speak } from "../../test/house";
import type { Recording } from "../api";
import { CompanySection } from "../pages/admin/CompanySection";
import { CustomerFilter } from "../pages/customers/CustomerFilter";
import { LivePage } from "../pages/live/LivePage";
import { useList } from "./bits";
import { askedOf, NumberFilter } from "./FilterBar";
import { PlayHere, RecordingChip } from "./PlayHere";

beforeEach(() => speak());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the filter by number", () => {
  it.each([
    ["", ""],
    ["Wang", ""],
    ["+", ""],
    [" 80 ", "80"],
    ["138 0013-8000", "138 0013-8000"],
  ])("of %j asks for %j", (typed, asked) => expect(askedOf(typed, true)).toBe(asked));

  it("without a digit leaves the list whole and says what is wanted; from the first on it finds", () => {
    vi.useFakeTimers();
    const change = vi.fn();
    open(<NumberFilter value="" change={change} />);
    const type = (value: string) => {
      fireEvent.change(screen.getByRole("textbox"), { target: { value } });
      act(() => void vi.advanceTimersByTime(300));
    };
    type("Wang");
    expect(change).not.toHaveBeenCalled();
    expect(screen.getByLabelText("Number: Type a number or its last digits")).toBeTruthy();
    type("8");
    expect(change.mock.calls).toEqual([["8"]]);
  });
});

it("a filter by customer finds by a few letters and gives the id", async () => {
  const items = [{ id: "5", name: "王小明", number: "+8613800138000" }];
  serve(({ path }) => ({ body: path.includes("q=%E7%8E%8B") ? { items, next: null } : { items: [], next: null } }));
  const change = vi.fn();
  open(<CustomerFilter value={undefined} change={change} />);
  fireEvent.change(screen.getByRole("combobox"), { target: { value: "王" } });
  fireEvent.click(await screen.findByText("138 0013 8000"));
  expect(change).toHaveBeenCalledWith("5");
});

it("a customer who came with the page's address is shown by name", async () => {
  serve(() => ({ body: { id: "5", name: "王小明" } }));
  open(<CustomerFilter value="5" change={() => {}} />);
  expect(await screen.findByText("王小明")).toBeTruthy();
});

describe("a recording", () => {
  const recording = (over: Partial<Recording>) =>
    ({ id: "4", kind: "talk", durationMs: 0, complete: false, state: "done", gaps: [], ...over }) as Recording;
  it.each([
    [{ state: "recording" }, "Recording now"],
    [{ state: "lost" }, "Lost"],
    [{ complete: false }, "Cut short"],
    [{ complete: true }, "Complete"],
    [{ complete: true, gaps: [{ atMs: 0, ms: 1, reason: "" }] }, "Gaps: 1"],
  ] as const)("%j is said to be %s", (over, words) => {
    open(<RecordingChip recording={recording(over as Partial<Recording>)} />);
    expect(screen.getByText(words)).toBeTruthy();
  });
  it("that is still being made offers nothing to play", () => {
    open(<PlayHere recording={recording({ state: "recording" })} open />);
    expect(screen.getByText(/once the call has ended/)).toBeTruthy();
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("what cannot be loaded says so and can be asked for again", () => {
  it.each([
    ["the live board", <LivePage key="live" />, "/live"],
    ["the company's settings", <CompanySection key="company" />, "/admin/company"],
  ])("%s", async (_, page, path) => {
    const asked = serve(() => ({ status: 503, body: { code: "database_away" } }));
    open(page);
    expect((await screen.findByRole("alert")).textContent).toContain("The database does not answer");
    const before = asked.length;
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(asked.slice(before).map((one) => one.path)).toContain(path));
  });
});

it("words in a row are joined as the language joins them", async () => {
  const join = () => renderHook(useList).result.current(["a", "b"]);
  expect(join()).toBe("a, b");
  await speak("zh-CN");
  expect(join()).toBe("a、b");
});
