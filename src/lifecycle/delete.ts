// Deleting what a state holds, unless another resource holds it by now: the same for every type of resource.
import { RefusedError } from "../errors";
import { ownerOf } from "./holders";
import type { Holding } from "./holders";
import type { Run } from "./run";

/**
 * Runs `work`, which deletes the one thing held. What another resource of this run holds stays: it was handed over, in this run or in an earlier one that
 * was interrupted. A resource that took over in this run what it held before was replaced without a word to the provider (`up --replace`).
 */
export async function deleteUnlessHeld(
  run: Run,
  [holding]: Holding[],
  what: string,
  /** The input by which another resource takes it over. */
  input: "existing" | "adoptExisting",
  work: () => Promise<void>,
): Promise<void> {
  if (holding && run.holders.isHeldByAnother(holding)) {
    const claimant = run.holders.claimant(holding.what);
    run.holders.release(holding);
    const owner = ownerOf(holding.holder);
    if (claimant !== undefined && owner !== "" && ownerOf(claimant) === owner) {
      throw new RefusedError(
        `${what} was not replaced: \`${input}\` let the new resource take the same key again. Nothing was revoked. Remove \`${input}\` from the program` +
          " (that changes nothing by itself), run `pulumi up`, then replace the resource.",
      );
    }
    run.log(`Keeping ${what}: another resource manages it now.`);
    return;
  }
  const removal = work();
  // Noted before anything else runs: from here on nobody may adopt or import it.
  if (holding) run.holders.noteRemoval(holding.what, removal);
  await removal;
  if (holding) run.holders.release(holding);
}
