import { expect, it } from "vitest";
import type { Filters } from "../../api";
import { agentChoices } from "./narrowing";

const words = { left: "Inactive", noTeam: "No team" };
const agent = (id: string, over: Partial<Filters["agents"][number]> = {}) => ({
  id,
  name: `Agent ${id}`,
  team: { id: "9", name: "Support" },
  active: true,
  calls: true,
  recordings: true,
  ...over,
});

it("agents stand under their team, who has none after them, who left at the end", () => {
  const agents = [
    agent("1", { team: null }),
    agent("2"),
    agent("3", { active: false }),
    agent("4", { team: { id: "8", name: "Billing" } }),
  ];
  expect(agentChoices({ agents, queues: [] }, "calls", words)).toEqual([
    { label: "Billing", options: [{ value: "4", label: "Agent 4" }] },
    { label: "Support", options: [{ value: "2", label: "Agent 2" }] },
    { label: "No team", options: [{ value: "1", label: "Agent 1" }] },
    { label: "Inactive", options: [{ value: "3", label: "Agent 3" }] },
  ]);
});

it("only who the list answers to is offered, and one alone is no choice", () => {
  const agents = [agent("1"), agent("2", { recordings: false })];
  expect(agentChoices({ agents, queues: [] }, "recordings", words)).toEqual([]);
  expect(agentChoices({ agents, queues: [] }, "calls", words)).toHaveLength(1);
});
