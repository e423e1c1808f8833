// The state of a creation that could not be cleared up: its id, how it is told from a real one, and what heals it.
import { PartialFailure } from "../lifecycle";
import type { Diff, Properties, State } from "../lifecycle";
import { UnresolvedError } from "./create-once";

const PREFIX = "unresolved/";

/** Runs a creation; turns an unresolved end into what the engine keeps in the state. */
export async function keepingTrack<T>(mark: string, inputs: Properties, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UnresolvedError)) throw error;
    throw new PartialFailure(PREFIX + mark, { ...inputs, unresolved: true }, error.message);
  }
}

/** A created thing beside which a twin may live: kept with its key, and marked so that the next run looks again. */
export function unsweptFailure(id: string, outputs: Properties, what: string): PartialFailure {
  return new PartialFailure(
    id,
    { ...outputs, unresolved: true },
    `${what} was created and is in the state, but the list could not be read to see whether a lost first attempt left a twin.` +
      " The next `pulumi up` looks again.",
  );
}

export function isUnresolved(id: string): boolean {
  return id.startsWith(PREFIX);
}

/** What a created thing becomes that is gone, but whose twin may live: only the mark is left to look for. */
export function unresolvedState(mark: string, outputs: Properties): State {
  return { id: PREFIX + mark, outputs };
}

/**
 * What a run does about an unresolved state: replace it, old first; or, where the key is known, look for the twin: in an update, unless the
 * inputs ask for a replacement anyway, whose deletion looks as well.
 */
export function diffOfUnresolved(id: string, olds: Properties, usual: () => Diff): Diff {
  if (isUnresolved(id)) return { changes: true, replaces: ["unresolved"], deleteBeforeReplace: true };
  const diff = usual();
  return olds.unresolved === true ? { ...diff, changes: true } : diff;
}
