// The ring: two soft tones made on the spot, no file to load. `stop` is heard within 30 ms.

const PERIOD_S = 2.4;

export class Ringer {
  private audio: AudioContext | null = null;
  private out: GainNode | null = null;
  private timer: ReturnType<typeof setInterval> | null = null;

  /** Browsers let a page sound only after a gesture: call this in one (Ready, a click). */
  unlock() {
    try {
      this.audio ??= new AudioContext();
      if (this.audio.state === "suspended") void this.audio.resume();
    } catch {
      // No audio device: the desk still shows the ring.
    }
  }

  get sounding(): boolean {
    return this.timer !== null;
  }

  start(volume: number) {
    if (this.timer) return;
    this.unlock();
    const audio = this.audio;
    if (!audio) return;
    const out = audio.createGain();
    out.gain.value = volume;
    out.connect(audio.destination);
    this.out = out;
    const burst = () => {
      const begin = audio.currentTime + 0.02;
      for (const [at, hz] of [
        [0, 659.25],
        [0.22, 783.99],
        [0.62, 659.25],
        [0.84, 783.99],
      ] as const) {
        this.note(audio, out, begin + at, hz);
      }
    };
    burst();
    this.timer = setInterval(burst, PERIOD_S * 1000);
  }

  private note(audio: AudioContext, out: GainNode, at: number, hz: number) {
    const tone = audio.createOscillator();
    const shape = audio.createGain();
    tone.type = "sine";
    tone.frequency.value = hz;
    shape.gain.setValueAtTime(0, at);
    shape.gain.linearRampToValueAtTime(0.5, at + 0.015);
    shape.gain.exponentialRampToValueAtTime(0.001, at + 0.32);
    tone.connect(shape).connect(out);
    tone.start(at);
    tone.stop(at + 0.34);
  }

  stop() {
    if (this.timer) clearInterval(this.timer);
    this.timer = null;
    const out = this.out;
    this.out = null;
    if (!out || !this.audio) return;
    out.gain.setTargetAtTime(0, this.audio.currentTime, 0.008);
    setTimeout(() => out.disconnect(), 60);
  }
}

export const ringer = new Ringer();
