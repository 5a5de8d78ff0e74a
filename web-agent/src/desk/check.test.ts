import { describe, expect, it } from "vitest";
import { check, figures, hear, isSilent, meter, noFigures, peak, SILENT_MS, whyNone } from "./check";

describe("a microphone", () => {
  it("shows how loud it is, on a scale as ears have it", () => {
    expect(peak(new Float32Array([0.1, -0.5, 0.2]))).toBe(0.5);
    expect([0, 0.001, 0.01, 0.1, 1, 2].map((loud) => Math.round(meter(loud) * 100))).toEqual([0, 0, 33, 67, 100, 100]);
  });

  it("is silent after ten seconds of nothing at all, not in a quiet room", () => {
    let hearing = hear({ heardAt: null }, 0, 0);
    expect(isSilent(hearing, SILENT_MS - 1)).toBe(false);
    hearing = hear(hearing, SILENT_MS, 0);
    expect(isSilent(hearing, SILENT_MS)).toBe(true);
    expect(isSilent(hear(hearing, SILENT_MS, 1 / 32768), SILENT_MS)).toBe(false);
    expect(isSilent({ heardAt: null }, 1_000_000)).toBe(false);
  });

  it("is refused or missing, by what the browser says", () => {
    expect(["NotAllowedError", "SecurityError", "NotFoundError", "NotReadableError", ""].map(whyNone)).toEqual([
      "refused",
      "refused",
      "missing",
      "missing",
      "missing",
    ]);
  });
});

describe("a line", () => {
  const stats = (received: number, lost: number) => [
    { type: "codec" },
    { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 },
    { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.0421 },
    { type: "inbound-rtp", jitter: 0.004, packetsReceived: received, packetsLost: lost },
    { type: "remote-inbound-rtp", jitter: 0.012, packetsLost: -3 },
  ];

  it("is judged by the worse of both ways", () => {
    expect(figures(stats(100, 2))).toEqual({ roundTripMs: 42, jitterMs: 12, received: 100, lost: 2 });
    expect(figures([])).toEqual(noFigures);
  });

  it("tells loss since the check before, and nothing where nothing moved", () => {
    const [first, then] = [figures(stats(100, 2)), figures(stats(190, 12))];
    expect(check("ok", first, then)).toEqual({ microphone: "ok", roundTripMs: 42, jitterMs: 12, lostPercent: 10 });
    expect(check("silent", then, then)).toEqual({
      microphone: "silent",
      roundTripMs: 42,
      jitterMs: null,
      lostPercent: null,
    });
    // Another connection counts from the start.
    expect(check("ok", then, figures(stats(5, 0))).lostPercent).toBe(null);
  });
});
