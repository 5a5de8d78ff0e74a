// Every page and its address. Pages load when visited; the desk comes with the shell.

import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { DeskPage } from "../pages/desk/DeskPage";
import { Home } from "./Home";
import { NotFound, Oops } from "./Oops";
import { Start } from "./Start";

const root = createRootRoute({ component: Home, notFoundComponent: NotFound, errorComponent: Oops });
const at = <P extends string>(path: P, component: Parameters<typeof createRoute>[0]["component"]) =>
  createRoute({ getParentRoute: () => root, path, component: component as never });

const calls = () => import("../pages/calls/CallsPage");
const customers = () => import("../pages/customers/CustomersPage");
const admin = () => import("../pages/admin/AdminPage");

type CallSearch = { call?: string; customer?: string };
const text = (value: unknown) => (typeof value === "string" && value ? value : undefined);

const callsRoute = createRoute({
  getParentRoute: () => root,
  path: "/calls",
  component: lazyRouteComponent(calls, "CallsPage"),
  validateSearch: (search: Record<string, unknown>): CallSearch => ({
    call: text(search.call),
    customer: text(search.customer),
  }),
});

const recordingsRoute = createRoute({
  getParentRoute: () => root,
  path: "/recordings",
  component: lazyRouteComponent(() => import("../pages/calls/RecordingsPage"), "RecordingsPage"),
  validateSearch: (search: Record<string, unknown>): Pick<CallSearch, "customer"> => ({
    customer: text(search.customer),
  }),
});

export const router = createRouter({
  routeTree: root.addChildren([
    at("/", Start),
    at("/desk", DeskPage),
    callsRoute,
    recordingsRoute,
    at("/customers", lazyRouteComponent(customers, "CustomersPage")),
    at(
      "/customers/$id",
      lazyRouteComponent(() => import("../pages/customers/CustomerPage"), "CustomerPage"),
    ),
    at(
      "/live",
      lazyRouteComponent(() => import("../pages/live/LivePage"), "LivePage"),
    ),
    at("/admin", lazyRouteComponent(admin, "AdminPage")),
    at("/admin/$section", lazyRouteComponent(admin, "AdminPage")),
    at(
      "/admin/flows/$name",
      lazyRouteComponent(() => import("../pages/admin/FlowPage"), "FlowPage"),
    ),
    at(
      "/account",
      lazyRouteComponent(() => import("../pages/AccountPage"), "AccountPage"),
    ),
  ]),
  defaultPreload: "intent",
  defaultPendingMs: 300,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
