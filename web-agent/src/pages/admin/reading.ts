// One kind of document, all of it.

import { useQuery } from "@tanstack/react-query";
import type { Things as Api, Kept } from "../../api";

export const adminKey = (name: string) => ["admin", name];
export function useThings<T extends Kept>(api: Api<T>) {
  return useQuery({ queryKey: adminKey(api.name), queryFn: () => everyPage(api), staleTime: 10_000 });
}
const MOST_PAGES = 50;
export async function everyPage<T extends Kept>(api: Api<T>): Promise<T[]> {
  const all: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page++) {
    const { items, next }: { items: T[]; next: string | null } = await api.list(cursor);
    all.push(...items);
    if (!next) break;
    cursor = next;
  }
  return all;
}
