// How a creation can end other than well.
import { WaysCloudError } from "../../errors";
import type { StartedAt } from "./lost-attempt";

/** Something may be live that nobody could look up: the caller keeps it in the state as unresolved. */
export class UnresolvedError extends Error {
  override readonly name = "UnresolvedError";
  constructor(
    message: string,
    /** When the first attempt began. */
    readonly started: StartedAt,
  ) {
    super(message);
  }
}

export function isConflict(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "conflict";
}

export function isAmbiguous(error: unknown): error is WaysCloudError {
  return error instanceof WaysCloudError && error.outcome === "ambiguous";
}
