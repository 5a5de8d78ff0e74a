import { fireEvent, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { open, speak } from "../../test/house";
import { useKeys } from "../desk/keys";
import { Shortcuts } from "./Help";

describe("shortcuts are changed where they stand", () => {
  beforeEach(async () => {
    await speak();
    useKeys.getState().reset();
    open(<Shortcuts />);
  });
  const hold = () => screen.getByRole("button", { name: "Change the shortcut for “Hold / resume”" });
  const press = (key: string, code: string) => fireEvent.keyDown(hold(), { key, code, altKey: true });

  it("the button pressed is the one that hears the next keys", () => {
    const before = hold();
    fireEvent.click(before);
    expect(hold()).toBe(before);
    press("j", "KeyJ");
    expect(useKeys.getState().keys.hold).toBe("Alt+J");
  });

  it("a key in use is refused by the name of who has it", () => {
    fireEvent.click(hold());
    press("a", "KeyA");
    expect(screen.getByRole("alert").textContent).toContain("Answer");
    expect(useKeys.getState().keys.hold).toBe("Alt+H");
  });
});
