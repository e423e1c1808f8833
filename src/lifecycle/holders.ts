// Who holds which key, as far as this run has come by it: two resources must never manage the same one, and what another holds is not revoked.

/** One thing that a state holds. */
export interface Holding {
  /** `api-key <id>`, `ssh-key <id>` or the like. */
  what: string;
  /** Distinguishes this resource from another that holds the same: stored in the state of whatever was imported or adopted; empty for what was created. */
  holder: string;
}

type Role = "read" | "declared" | "replaced" | "claimed";

export class Holders {
  private readonly byWhat = new Map<string, Map<string, Role>>();
  private readonly programs = new Set<string>();
  private readonly removals = new Map<string, Promise<unknown>>();
  /** This run replaces a key because its time has come. What it creates is not due as well, whatever the local clock says. */
  replacesDueKeys = false;

  /** A refresh or a `get` read it: that says nothing about the program. */
  noteRead({ what, holder }: Holding): void {
    if (!this.byWhat.get(what)?.has(holder)) this.set(what, holder, "read");
  }

  /** The program declares a resource whose state holds it; `replaced`: this run will replace that resource, or it gives this up. */
  noteDeclared({ what, holder }: Holding, replaced: boolean): void {
    if (this.byWhat.get(what)?.get(holder) !== "claimed")
      this.set(what, holder, replaced ? "replaced" : "declared");
  }

  /** A resource of this run creates, imports or adopts it. */
  claim({ what, holder }: Holding): void {
    this.set(what, holder, "claimed");
  }

  /** This resource holds it no longer. */
  release({ what, holder }: Holding): void {
    this.byWhat.get(what)?.delete(holder);
  }

  /** Its deletion begins now. Whoever wants to take it over waits for the end of that, and decides again. */
  noteRemoval(what: string, removal: Promise<void>): void {
    const over = removal.catch(() => undefined).then(() => this.removals.delete(what));
    this.removals.set(what, over);
  }

  /** Ends with its deletion, whatever became of that; `undefined` while nothing deletes it. */
  removalOf(what: string): Promise<unknown> | undefined {
    return this.removals.get(what);
  }

  /** Does any resource hold this, as far as this run knows? */
  isHeld(what: string): boolean {
    return (this.byWhat.get(what)?.size ?? 0) > 0;
  }

  /** Does another resource hold this, as far as this run knows? Then its deletion is not ours. */
  isHeldByAnother({ what, holder }: Holding): boolean {
    return [...(this.byWhat.get(what)?.keys() ?? [])].some((other) => other !== holder);
  }

  /** The holder of another resource of the program that keeps this, if any: nobody else may take it. */
  keeper(what: string, except?: string): string | undefined {
    for (const [holder, role] of this.byWhat.get(what) ?? []) {
      if (holder !== except && (role === "declared" || role === "claimed")) return holder;
    }
    return undefined;
  }

  /** The holder of whichever resource took this over in this run, if any. */
  claimant(what: string): string | undefined {
    for (const [holder, role] of this.byWhat.get(what) ?? []) if (role === "claimed") return holder;
    return undefined;
  }

  /**
   * The program text of a resource that holds this. The engine checks a resource that it replaces a second time, without its old inputs; by this
   * it is known again, and gets a new key instead of importing the very one that it replaces.
   */
  noteProgram(what: string, program: string): void {
    this.programs.add(`${what} ${program}`);
  }

  /** Is a resource with this program text a replacement of the one that holds this? */
  isReplacement(what: string, program: string): boolean {
    return this.programs.has(`${what} ${program}`);
  }

  private set(what: string, holder: string, role: Role): void {
    const holders = this.byWhat.get(what) ?? new Map<string, Role>();
    this.byWhat.set(what, holders.set(holder, role));
  }
}

/** The name that an error can give to a holder: `project/stack/name` before its `#`, if it has one. */
export function ownerOf(holder: string): string {
  return holder.slice(0, Math.max(0, holder.lastIndexOf("#")));
}

/** What a state claims that holds the API key of this id. */
export function apiKeyClaim(id: string): string {
  return `api-key ${id}`;
}

/** What a state claims that holds the SSH key of this id. */
export function sshKeyClaim(id: string): string {
  return `ssh-key ${id}`;
}
