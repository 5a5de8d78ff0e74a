import { expect, it } from "vitest";
import { against, shortened } from "./lines";

const fresh = (base: string, text: string) =>
  against(base, text)
    .filter((one) => one.fresh)
    .map((one) => one.text);

it.each([
  ["a\nb\nc", "a\nb\nc", []],
  ["a\nb\nc", "a\nx\nc", ["x"]],
  ["a\nc", "a\nb\nc", ["b"]],
  ["a\nb\nc", "a\nc", []],
  ["a\nb\na\nb", "b\na\nb\nz", ["z"]],
  ["", "a", ["a"]],
  ["a\nb", "b\na", ["a"]],
])("against %j, the new lines of %j are %j", (base, text, lines) => expect(fresh(base, text)).toEqual(lines));

it("all lines stand in their order, whether new or not", () => {
  expect(against("a\nb", "b\nx\na").map((one) => one.text)).toEqual(["b", "x", "a"]);
});

it("what is far from a new line is left out once", () => {
  const lines = against("1\n2\n3\n4\n5\n6\n7", "1\n2\n3\n4\n5\n6\n7\n8");
  expect(shortened(lines, 1).map((one) => one?.text ?? "…")).toEqual(["…", "7", "8"]);
});
