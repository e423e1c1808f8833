// Work on many things at once, as many as the API is asked at a time. Further ones would only wait, and their time would run while they do.
import { MAX_IN_FLIGHT } from "../api/rate-limiter";

/**
 * Runs `work` for each item, in order, some at a time. `work` says with `false` that there is no use in going on: nothing further is begun.
 * Returns the items that were not begun. `work` must not reject.
 */
export async function concurrently<T>(
  items: readonly T[],
  work: (item: T) => Promise<boolean>,
): Promise<readonly T[]> {
  let next = 0;
  let goesOn = true;
  const worker = async (): Promise<void> => {
    for (;;) {
      if (!goesOn || next >= items.length) return;
      const item = items[next] as T;
      next += 1;
      if (!(await work(item))) goesOn = false;
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_IN_FLIGHT, items.length) }, worker));
  return items.slice(next);
}
