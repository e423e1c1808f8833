// Creations of this run whose outcome stayed unknown. The engine may ask for the same one again (a hook that retries), having thrown away our first answer.
import type { WaysCloudError } from "../../errors";
import type { StartTime } from "./start-time";
import type { Created } from "./creation";

export interface LostCreation {
  started: StartTime;
  cause: WaysCloudError;
  /** It was created, but a duplicate may exist. */
  made?: Created<{ id: string }>;
}

export class LostCreations {
  private readonly byInputs = new Map<string, LostCreation>();
  private readonly markers = new Map<string, string>();

  note(sameInputs: string | undefined, lost: LostCreation): void {
    if (sameInputs !== undefined) this.byInputs.set(sameInputs, lost);
  }

  /** The lost creation that a creation with these inputs repeats, if any. */
  take(sameInputs: string | undefined): LostCreation | undefined {
    if (sameInputs === undefined) return undefined;
    const lost = this.byInputs.get(sameInputs);
    this.byInputs.delete(sameInputs);
    return lost;
  }

  /** The marker that the first creation with these inputs drew: a repetition must use it again. */
  markerOf(sameInputs: string | undefined): string | undefined {
    return sameInputs === undefined ? undefined : this.markers.get(sameInputs);
  }

  noteMarker(sameInputs: string | undefined, marker: string): void {
    if (sameInputs !== undefined) this.markers.set(sameInputs, marker);
  }
}
