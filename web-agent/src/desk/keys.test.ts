import { describe, expect, it } from "vitest";
import { actionFor, chord, clash, defaultKeys } from "./keys";

const press = (
  key: string,
  code: string,
  mods: Partial<Record<"altKey" | "ctrlKey" | "metaKey" | "shiftKey", boolean>> = {},
) => ({
  key,
  code,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  ...mods,
});

describe("shortcuts", () => {
  it("Alt with a letter works while typing, also where Alt makes another character", () => {
    expect(actionFor(defaultKeys, press("å", "KeyA", { altKey: true }), true)).toBe("answer");
    expect(actionFor(defaultKeys, press("x", "KeyX", { altKey: true }), true)).toBe("reject");
  });
  it("a bare character is text while typing and a shortcut elsewhere", () => {
    const question = press("?", "Slash", { shiftKey: true });
    expect(actionFor(defaultKeys, question, true)).toBeNull();
    expect(actionFor(defaultKeys, question, false)).toBe("help");
  });
  it("Ctrl and Cmd are one", () => {
    expect(chord(press("k", "KeyK", { ctrlKey: true }))).toBe("Mod+K");
    expect(chord(press("k", "KeyK", { metaKey: true }))).toBe("Mod+K");
  });
  it("a lone modifier is nothing, and the letter alone answers nothing", () => {
    expect(chord(press("Alt", "AltLeft", { altKey: true }))).toBeNull();
    expect(actionFor(defaultKeys, press("a", "KeyA"), false)).toBeNull();
  });
  it("a chord in use is named", () => {
    expect(clash(defaultKeys, "mute", "Alt+A")).toBe("answer");
    expect(clash(defaultKeys, "answer", "Alt+A")).toBeNull();
  });
});
