// How many random histories a test tries: some in a usual run, whatever time they take; with `npm run test:all` or MODEL_SECONDS as many as fit into a time.
import { testAll } from "../support/rare";

const SECONDS = process.env["MODEL_SECONDS"] ?? (testAll ? "60" : undefined);

/** For `jest.setTimeout`. */
export const TIMEOUT = 240_000 + Number(SECONDS ?? 0) * 1_000;

export interface Effort {
  numRuns: number;
  interruptAfterTimeLimit?: number;
  markInterruptAsFailure?: boolean;
}

/** `share` is the part of the time that this test takes. */
export function effort(histories: number, share = 1): Effort {
  if (SECONDS === undefined) return { numRuns: histories };
  const interruptAfterTimeLimit = Number(SECONDS) * share * 1_000;
  return { numRuns: 1_000_000, interruptAfterTimeLimit, markInterruptAsFailure: false };
}
