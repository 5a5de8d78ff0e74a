import { expect, it } from "vitest";
import type { DispositionNode } from "../../api";
import { findLeaves, forQueue, leavesOf, toggled, topFive } from "./tree";

const node = (id: string, nameZh: string, nameEn: string, children: DispositionNode[] = []): DispositionNode => ({
  id,
  nameZh,
  nameEn,
  queues: [],
  children,
});
const tree = [
  node("1", "咨询", "Inquiry", [node("11", "价格", "Price"), node("12", "物流", "Delivery")]),
  node("2", "投诉", "Complaint", [node("21", "质量", "Quality")]),
  node("3", "打错", "Wrong number"),
];
const ids = (list: { id: string }[]) => list.map((one) => one.id);

it("only leaves are chosen, a bare top level is a leaf", () =>
  expect(ids(leavesOf(tree))).toEqual(["11", "12", "21", "3"]));

it.each([
  ["", ["11", "12", "21", "3"]],
  ["价格", ["11"]],
  ["inq", ["11", "12"]],
  ["咨询 deli", ["12"]],
  ["zzz", []],
])("typing %j finds %j", (typed, found) => expect(ids(findLeaves(leavesOf(tree), typed))).toEqual(found));

it("the most used come first, then the order of the tree, five at most", () => {
  expect(ids(topFive(leavesOf(tree), { "3": 4, "12": 9, gone: 99 }))).toEqual(["12", "3", "11", "21"]);
  const wide = leavesOf([
    node(
      "w",
      "w",
      "w",
      Array.from({ length: 9 }, (_, n) => node(`w${n}`, "", "")),
    ),
  ]);
  expect(topFive(wide, {})).toHaveLength(5);
});

it("a second press takes it back", () => expect(toggled(toggled(["1"], "2"), "1")).toEqual(["2"]));

it("a disposition of other queues is not offered, nor a branch that is empty then", () => {
  const only = (one: DispositionNode, ...queues: string[]): DispositionNode => ({ ...one, queues });
  const mixed = [
    node("1", "a", "a", [only(node("11", "b", "b"), "7"), node("12", "c", "c")]),
    node("2", "d", "d", [only(node("21", "e", "e"), "7")]),
  ];
  expect(ids(leavesOf(forQueue(mixed, "7")))).toEqual(["11", "12", "21"]);
  expect(ids(leavesOf(forQueue(mixed, "8")))).toEqual(["12"]);
  expect(ids(forQueue(mixed, null))).toEqual(["1"]);
});
