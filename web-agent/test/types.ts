// What must not compile. `npm run typecheck` fails where one of these does: then the types of the API hold nothing.

import { get, post, put } from "../src/api/http";

export function wrong() {
  // @ts-expect-error there is no such route
  void get("/nowhere");
  // @ts-expect-error this route is not written to
  void post("/live");
  // @ts-expect-error which interaction?
  void get("/interactions/{id}");
  // @ts-expect-error there is no such direction
  void get("/interactions", { query: { direction: "sideways" } });
  // @ts-expect-error the dispositions are wanted
  void put("/interactions/{id}/disposition", { path: { id: "5" }, body: { notes: "" } });
  // @ts-expect-error it may be nobody
  void get("/interactions/{id}", { path: { id: "5" } }).then((call) => call.customer.name);
}
