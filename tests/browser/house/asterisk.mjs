// The manager interface of an Asterisk on loopback, for the tour: lets in who proves the password, and says what a real one said.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { repo, until } from "./program.mjs";

const CHALLENGE = "840415273";

/** The events of a recorded conversation, one text each. */
export function recorded(name) {
  const text = readFileSync(join(repo, "tests/pbx/asterisk", name), "utf8");
  const said = text.split("\n").flatMap((line) => line.split(" < ").slice(1).map((words) => words.trimEnd()));
  return said
    .join("\r\n")
    .split("\r\n\r\n")
    .filter((event) => event.startsWith("Event: "))
    .map((event) => `${event}\r\n\r\n`);
}

export async function startAsterisk(password) {
  const asked = [];
  let line = null;
  const answer = (ask) => {
    const id = ask.ActionID ? `ActionID: ${ask.ActionID}\r\n` : "";
    const say = (word, rest = "") => `Response: ${word}\r\n${id}${rest}\r\n`;
    const list = (end) => `${say("Success", "EventList: start\r\n")}Event: ${end}\r\n${id}EventList: Complete\r\n\r\n`;
    const proof = createHash("md5").update(CHALLENGE + password).digest("hex");
    const answers = {
      Challenge: () => say("Success", `Challenge: ${CHALLENGE}\r\n`),
      Login: () =>
        ask.Key === proof ? say("Success", "Message: Authentication accepted\r\n") : say("Error", "Message: Authentication failed\r\n"),
      CoreSettings: () => say("Success", "AsteriskVersion: 22.10.1\r\n"),
      CoreShowChannels: () => list("CoreShowChannelsComplete"),
      QueueStatus: () => list("QueueStatusComplete"),
    };
    return (answers[ask.Action] ?? (() => say("Success")))();
  };
  const server = createServer((socket) => {
    line = socket;
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes;
      const asks = text.split("\r\n\r\n");
      text = asks.pop();
      for (const one of asks) {
        const ask = Object.fromEntries(one.split("\r\n").map((field) => field.split(": ")));
        asked.push(ask);
        socket.write(answer(ask));
      }
    });
    socket.write("Asterisk Call Manager/11.0.0\r\n");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${server.address().port}`,
    says: (events) => line.write(events.join("")),
    /** Waits until it was asked for this. */
    asked: (what, is) => until(what, async () => asked.find(is)),
    end: () => {
      line?.destroy();
      server.close();
    },
  };
}
