import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, open, serve, speak, written } from "../../../test/house";
import type { CallCard, KnownCustomer } from "../../contract.gen";
import { run } from "../../desk/keys";
import { FocusCall } from "./FocusCall";
import { setupKey } from "./SeatControl";

const wang: KnownCustomer = {
  customer: "5",
  contact: null,
  name: "Wang Xiaoming",
  contactName: null,
  level: null,
  vip: false,
  reason: "tail",
  confidence: 40,
  lastContacts: [],
  openItems: 0,
};
const card = (over: Partial<CallCard>): CallCard => ({
  interaction: "9",
  state: "talking",
  direction: "inbound",
  caller: { raw: "13800138000", name: "", number: "+8613800138000", withheld: false },
  dialed: "4001",
  queue: "7",
  queueName: "Sales",
  vip: false,
  waitedMs: 4000,
  stateSince: 1000,
  until: null,
  talkingSince: 1000,
  muted: false,
  recording: "off",
  pressed: [],
  candidates: [wang],
  customer: null,
  disposition: null,
  supervisedBy: [],
  askedBy: null,
  others: [],
  tags: [],
  inFlow: null,
  flowResults: [],
  pbx: null,
  allowed: ["hangup", "dispose"],
  ended: null,
  ...over,
});
const setup = { reasons: [], dispositions: [], queues: [], stations: [], agents: [], flows: [] };
const show = (over: Partial<CallCard>) => open(<FocusCall card={card(over)} />, [[setupKey, setup]]);
const heading = () => screen.getAllByRole("heading", { level: 2 })[0]?.textContent?.trim();

/** Nothing was written yet, by anybody. */
const nothing = (path: string) => ({ body: /\/(notes|tags)$/.test(path) ? [] : { draft: null, items: [] } });

describe("who the caller is", () => {
  let asked: Asked[];
  const links = () => written(asked).map((one) => [one.path, one.body]);
  beforeEach(async () => {
    await speak();
    asked = serve(({ method, path }) => (method === "GET" ? nothing(path) : { status: 204 }));
  });
  afterEach(() => vi.unstubAllGlobals());

  it("a lone match by its last digits is shown with its reason, as a guess, with a way to link it", async () => {
    show({});
    expect(heading()).toBe("138 0013 8000");
    expect(screen.getByText("Perhaps Wang Xiaoming")).toBeTruthy();
    const guess = screen.getByRole("button", { name: /Wang Xiaoming/ });
    expect(guess.textContent).toContain("Last digits match · 40% sure");
    expect(guess.getAttribute("aria-pressed")).toBe("false");
    fireEvent.click(guess);
    await waitFor(() => expect(links()).toHaveLength(1));
    expect(links()).toEqual([["/interactions/9/customer", { customer: "5", contact: null }]]);
  });

  it("what was linked can be undone from where it is said", async () => {
    show({});
    fireEvent.click(screen.getByRole("button", { name: /Wang Xiaoming/ }));
    await screen.findByText(/linked to Wang Xiaoming/);
    fireEvent.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(links()).toHaveLength(2));
    expect(links().map(([, body]) => (body as { customer: string | null }).customer)).toEqual(["5", null]);
  });

  it("a sure match is settled, and a stranger on the line can be unlinked by keyboard", async () => {
    show({ customer: "5", candidates: [{ ...wang, reason: "exact", confidence: 95 }] });
    expect(heading()).toBe("Wang Xiaoming");
    expect(screen.queryByRole("button", { name: /Unlink/ })).toBeNull();
    act(() => void run("customer"));
    const chosen = screen.getByRole("button", { name: /Wang Xiaoming/, pressed: true });
    expect(document.activeElement).toBe(chosen);
    fireEvent.click(screen.getByRole("button", { name: /Unlink/ }));
    await waitFor(() => expect(links()).toHaveLength(1));
    expect(links()).toEqual([["/interactions/9/customer", { customer: null, contact: null }]]);
  });

  it("who is chosen again before the answer to the last choice is back is chosen in turn", async () => {
    let answer = () => {};
    const later = new Promise<void>((go) => {
      answer = go;
    });
    asked = serve(async ({ method, path }) => {
      if (method === "GET") return nothing(path);
      await later;
      return { status: 204 };
    });
    const sure = { candidates: [{ ...wang, reason: "exact" as const, confidence: 95 }] };
    const { rerender } = open(<FocusCall card={card({ ...sure, customer: "5" })} />, [[setupKey, setup]]);
    act(() => void run("customer"));
    fireEvent.keyDown(screen.getByRole("button", { name: /Wang Xiaoming/, pressed: true }), { key: "1" });
    await waitFor(() => expect(links()).toHaveLength(1));
    rerender(<FocusCall card={card({ ...sure, customer: null })} />);
    act(() => void run("customer"));
    fireEvent.keyDown(screen.getByRole("button", { name: /Wang Xiaoming/, pressed: false }), { key: "1" });
    await act(() => new Promise((go) => setTimeout(go)));
    expect(links()).toHaveLength(1);
    answer();
    await waitFor(() => expect(links()).toHaveLength(2));
    expect(links().map(([, body]) => (body as { customer: string | null }).customer)).toEqual([null, "5"]);
  });

  it("a double click and a held key choose once", async () => {
    const two = [wang, { ...wang, customer: "6", name: "Acme" }];
    const { rerender } = show({ candidates: two, customer: "5" });
    act(() => void run("customer"));
    fireEvent.click(screen.getByRole("button", { name: /Acme/ }), { detail: 1 });
    await waitFor(() => expect(links()).toHaveLength(1));
    rerender(<FocusCall card={card({ candidates: two, customer: "6" })} />);
    act(() => void run("customer"));
    const acme = screen.getByRole("button", { name: /Acme/ });
    fireEvent.click(acme, { detail: 2 });
    fireEvent.keyDown(acme, { key: "2", repeat: true });
    await act(() => new Promise((go) => setTimeout(go)));
    expect(links().map(([, body]) => (body as { customer: string | null }).customer)).toEqual(["6"]);
  });

  it("the choice asked for by its key closes once somebody is settled", async () => {
    const { rerender } = show({});
    act(() => void run("customer"));
    fireEvent.keyDown(screen.getByRole("button", { name: /Wang Xiaoming/ }), { key: "1" });
    await waitFor(() => expect(links()).toHaveLength(1));
    rerender(<FocusCall card={card({ customer: "5" })} />);
    expect(heading()).toBe("Wang Xiaoming");
    expect(screen.queryByRole("button", { name: /Unlink/ })).toBeNull();
  });

  it("of several a digit chooses, and the one person of the number goes along", async () => {
    const two = [wang, { ...wang, customer: "6", name: "Acme", contact: "61", contactName: "Ms Li" }];
    show({ candidates: two });
    expect(screen.getAllByText("2 possible customers")).toHaveLength(2);
    fireEvent.keyDown(screen.getByRole("button", { name: /Wang/ }), { key: "2" });
    await waitFor(() => expect(links()).toHaveLength(1));
    expect(links()).toEqual([["/interactions/9/customer", { customer: "6", contact: "61" }]]);
  });

  it("where nothing matches, somebody can be found or made", () => {
    show({ candidates: [] });
    expect(screen.getByText("Unknown caller")).toBeTruthy();
    expect(screen.getByLabelText("Find an existing customer")).toBeTruthy();
    expect(screen.getByRole("button", { name: /Create with this number/ })).toBeTruthy();
  });
});
