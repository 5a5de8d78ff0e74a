// Who is signed in, and what that person may.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type Me, type Permission, Problem, session } from "../api";
import { keepAll } from "../desk/keeper";
import { disconnectDesk } from "../desk/store";
import { leaveTabs } from "../desk/tabs";

export const meKey = ["session"];

/** `null`: nobody is signed in. `undefined`: not known yet. */
export function useSession() {
  return useQuery<Me | null>({
    queryKey: meKey,
    queryFn: () =>
      session.me().catch((why) => {
        if (why instanceof Problem && why.status === 401) return null;
        throw why;
      }),
    staleTime: Number.POSITIVE_INFINITY,
    retry: (count, why) => why instanceof Problem && (why.status === 0 || why.status >= 500) && count < 100,
    retryDelay: 1000,
  });
}

export function useMe(): Me {
  const { data } = useSession();
  if (!data) throw new Error("useMe outside the signed-in part");
  return data;
}

export function useMay() {
  const { permissions } = useMe();
  return (what: Permission) => permissions.includes(what);
}

export function useSignOut() {
  const queries = useQueryClient();
  return async () => {
    await keepAll();
    await session.signOut().catch(() => {});
    disconnectDesk();
    leaveTabs();
    queries.clear();
    queries.setQueryData(meKey, null);
  };
}
