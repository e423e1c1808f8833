// An API that answers otherwise than its documentation says: for `emulator.transform`.
import type { Exchange, ExchangeOverride, Transform } from "../../src/emulator";

export type Entry = Record<string, unknown>;

/** Lists as this makes them of what the account holds. */
export function listing(
  rewrite: (entries: Entry[], list: Exchange) => ExchangeOverride | Entry[] | undefined,
): Transform {
  return (list) => {
    if (list.method !== "GET" || list.status !== 200 || !Array.isArray(list.body)) return undefined;
    const rewritten = rewrite(list.body as Entry[], list);
    return Array.isArray(rewritten) ? { body: rewritten } : rewritten;
  };
}

/** Lists whose every entry is shown as this makes it. */
export function showing(rewrite: (entry: Entry) => Entry): Transform {
  return listing((entries) => entries.map(rewrite));
}

/** Lists whose texts under this name are shown as this makes them. */
export function spelling(field: string, rewrite: (text: string) => unknown): Transform {
  return showing((entry) => {
    const text = entry[field];
    return typeof text === "string" ? { ...entry, [field]: rewrite(text) } : entry;
  });
}

/** From the second request for a list on, what the first one was answered, as a cache does. */
export function cachedLists(now: () => number): Transform {
  const cache = new Map<string, { body: unknown; date: string }>();
  return ({ method, path, status, body, headers }) => {
    if (method !== "GET" || status !== 200) return undefined;
    const { date = "" } = headers;
    const cached = cache.get(path);
    if (cached === undefined) cache.set(path, { body, date });
    const age = (kept: string): string => String(Math.round((now() - Date.parse(kept)) / 1_000));
    return cached && { body: cached.body, headers: { date: cached.date, age: age(cached.date) } };
  };
}
