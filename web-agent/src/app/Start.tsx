import { Navigate } from "@tanstack/react-router";
import { usePlaces } from "./Shell";

/** The first page that this person may see. */
export function Start() {
  const places = usePlaces();
  return <Navigate to={places[0]?.to ?? "/account"} replace />;
}
