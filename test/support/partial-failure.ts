// What a partial failure leaves.
import { PartialFailure } from "./engine-resources";
import type { EncodedState } from "./engine-resources";

/** What the engine keeps after a partial failure, and what the user reads. Any other failure is thrown again. */
export async function failed(work: Promise<unknown>): Promise<EncodedState & { message: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof PartialFailure)) throw error;
  return { id: error.id, outputs: error.properties, message: error.message };
}
