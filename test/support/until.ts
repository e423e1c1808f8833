// Waits for what happens beside a test. The runner's own limit ends a wait for what never comes.
import { setTimeout as sleep } from "node:timers/promises";

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(5);
}
