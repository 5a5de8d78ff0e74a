// Real SIP phones with real audio, driven from here: `zuoxi-puppet` in a process of its own does the talking.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { built } from "./program.mjs";

export function startPhones(server) {
  const child = spawn(built("zuoxi-puppet"), [], { stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map();
  let next = 1;
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, ok, error } = JSON.parse(line);
    const one = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) one?.done(ok);
    else if (one) one.failed(new Error(error));
    else throw new Error(error);
  });
  child.on("exit", () => {
    for (const one of waiting.values()) one.failed(new Error("the phones ended"));
    waiting.clear();
  });
  const order = (what) =>
    new Promise((done, failed) => {
      const id = next++;
      waiting.set(id, { done, failed });
      child.stdin.write(`${JSON.stringify({ id, ...what })}\n`);
    });
  const talk = (number) => ({
    ringing: () => order({ do: "ringing", talk: number }),
    answered: () => order({ do: "answered", talk: number }),
    answer: () => order({ do: "answer", talk: number }),
    reject: (status) => order({ do: "reject", talk: number, status }),
    hangUp: () => order({ do: "hang_up", talk: number }),
    ended: () => order({ do: "ended", talk: number }),
    press: (digits) => order({ do: "press", talk: number, digits }),
    say: (hz) => order({ do: "say", talk: number, hz }),
    quiet: () => order({ do: "quiet", talk: number }),
    hears: (hz) => order({ do: "hears", talk: number, hz }),
    hearsBoth: (hz, and) => order({ do: "hears_both", talk: number, hz, and }),
    hearsOnly: (hz) => order({ do: "hears_only", talk: number, hz }),
    hearsSound: () => order({ do: "hears_sound", talk: number }),
    hearsSilence: () => order({ do: "hears_silence", talk: number }),
  });
  return {
    /** A caller on the trunk, showing this number. */
    async caller(phone, number) {
      await order({ do: "open", phone, server, number });
      return { dial: async (to) => talk(await order({ do: "dial", phone, to })) };
    },
    /** Somebody outside, at the end of a trunk that goes to `address`. */
    async outside(phone) {
      const address = await order({ do: "open", phone, server });
      return { address, rung: async () => talk(await order({ do: "rung", phone })) };
    },
    /** A registered station. `obeys`: it answers when told by `Event: talk`. */
    async station(user, obeys = true) {
      await order({ do: "open", phone: user, server, user, password: `zuoxi-${user}`, obeys });
      return {
        rung: async () => talk(await order({ do: "rung", phone: user })),
        register: () => order({ do: "register", phone: user }),
        unregister: () => order({ do: "unregister", phone: user }),
      };
    },
    end() {
      child.stdin.end();
    },
  };
}
