import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Asked, open, serve, speak, written } from "../../../test/house";
import { TeamsSection } from "./people";

const team = {
  id: "3",
  version: 1,
  updatedAt: 0,
  updatedBy: null as string | null,
  name: "Sales",
  lead: null as string | null,
};
const ben = { id: "2", name: "Ben", username: "ben", team: null };
const page = (items: unknown[]) => ({ body: { items, next: null } });

describe("two administrators change one team", () => {
  let asked: Asked[];
  let now: typeof team;
  const saves = () => written(asked).map((one) => one.body as typeof team);
  beforeEach(async () => {
    await speak();
    now = { ...team };
    asked = serve(({ method, path, body }) => {
      if (method === "GET") return path.startsWith("/admin/teams") ? page([now]) : page([ben]);
      const sent = body as typeof team;
      if (sent.version !== now.version) return { status: 409, body: { code: "version_conflict", current: now } };
      now = { ...now, ...sent, version: now.version + 1 };
      return { body: now };
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const button = (name: string) => fireEvent.click(screen.getByRole("button", { name }));
  /** I rename it to `mine`; before I save, Ben saved `theirs`. */
  async function clash(mine: string, theirs: Partial<typeof team>) {
    open(<TeamsSection />);
    fireEvent.click(await screen.findByText("Sales"));
    fireEvent.change(await screen.findByLabelText("Name"), { target: { value: mine } });
    now = { ...now, ...theirs, version: 2, updatedBy: "2" };
    button("Save");
    await screen.findAllByText(/^Ben saved at .* while you were editing$/);
  }
  const cells = () => [...document.querySelectorAll(".differences tbody tr")].map((row) => row.textContent);

  it("both are shown, and keeping mine takes theirs where I changed nothing", async () => {
    await clash("Sales North", { lead: "2" });
    expect(cells()).toEqual(["NameSalesSales North", "LeadBen–"]);
    expect([...document.querySelectorAll(".wins")].map((one) => one.textContent)).toEqual(["Sales North", "Ben"]);
    button("Keep mine");
    await waitFor(() => expect(saves()).toHaveLength(2));
    expect(saves().at(-1)).toMatchObject({ name: "Sales North", lead: "2", version: 2 });
    await waitFor(() => expect(now.version).toBe(3));
  });

  it("theirs may stay, and nothing of mine is sent", async () => {
    await clash("Sales North", { name: "Sales South" });
    button("Take theirs");
    await waitFor(() => expect(screen.queryByLabelText("Name")).toBeNull());
    expect([saves().length, now.name]).toEqual([1, "Sales South"]);
  });

  it("back in the form nothing typed is lost, and the next save asks again", async () => {
    await clash("Sales North", { name: "Sales South" });
    button("Back to the form");
    await screen.findByText("Somebody else changed this meanwhile");
    expect((screen.getByLabelText("Name") as HTMLInputElement).value).toBe("Sales North");
    button("Save");
    await waitFor(() => expect(saves()).toHaveLength(2));
    button("Keep mine");
    await waitFor(() => expect(now).toMatchObject({ name: "Sales North", version: 3 }));
  });
});
