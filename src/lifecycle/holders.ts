// Which resource manages which key, as seen so far in this command: two resources must never manage the same
// key, and no resource revokes a key that another one holds.
import { setTimeout as sleep } from "node:timers/promises";

import type { Log } from "../api/send";
import { errorMessage, RefusedError } from "../errors";
import { idKey } from "../judge/presence";
import { isTemplate } from "../text/auto-name";
import { capitalize } from "../text/quote";
import { Creations } from "./create-once/creation";
import type { Note, Notes, Role } from "./notes";

/** A key that a state holds. */
export interface Holding {
  /** `api-key <id>`, `ssh-key <id>` or the like. */
  what: string;
  /**
   * Distinguishes resources with the same key: stored for imported and adopted keys; empty for created ones.
   */
  holder: string;
  /** The key's name or description in the account, for messages. */
  name?: string | null | undefined;
}

/** The wait for a deletion by another process of this command. */
const POLL_MS = 100;

export class Holders {
  readonly creations = new Creations();
  private readonly byWhat = new Map<string, Map<string, Role>>();
  /**
   * The program's inputs of resources, each after the key that its state holds. The engine checks a replaced
   * resource again without its old inputs; by these it is recognized, and gets a new key instead of importing
   * the old one.
   */
  readonly programs = new Set<string>();
  /** The logical names of the resources with an SSH key, by its fingerprint. */
  private readonly sshKeys = new Map<string, string>();
  private readonly removals = new Map<string, Promise<unknown>>();
  /** The keys that other processes of this command are deleting, by their process ids. */
  private readonly removalsElsewhere = new Map<string, number>();
  /** The keys that this command has deleted, here or in another process. */
  private readonly removed = new Set<string>();
  /** The times at which keys were due that this command replaces, RFC 3339, by the local clock. */
  readonly dueSince = new Set<string>();
  /** The ids that were read and not checked since: each check begins another pass over the resources. */
  readonly justRead = new Set<string>();
  /** Why the other processes of this command cannot be heard. */
  private problem: string | undefined;

  /** `notes`: shared with the other processes of this command, if there is an engine. */
  constructor(private readonly notes?: Pick<Notes, "append" | "others">) {}

  /** A refresh or a `get` read it, which says nothing about the program. */
  noteRead({ what, holder }: Holding): void {
    if (!this.byWhat.get(what)?.has(holder)) this.note({ is: "read", what, holder });
  }

  /** A declared resource holds it in its state; `replaced`: this run replaces it, or it gives up the key. */
  noteDeclared({ what, holder }: Holding, replaced: boolean): void {
    if (this.byWhat.get(what)?.get(holder) !== "claimed")
      this.note({ is: replaced ? "replaced" : "declared", what, holder });
  }

  /** A resource of this run creates, imports or adopts it. */
  claim({ what, holder }: Holding): void {
    this.note({ is: "claimed", what, holder });
  }

  /** This resource no longer holds it. */
  release({ what, holder }: Holding): void {
    if (this.byWhat.get(what)?.has(holder)) this.note({ is: "released", what, holder });
  }

  /** Call for everything that was deleted. */
  noteRemoved(what: string): void {
    if (!this.removed.has(what)) this.note({ is: "removed", what });
  }

  wasRemoved(what: string): boolean {
    return this.removed.has(what);
  }

  /**
   * Begins its deletion by `work`. Other resources that want to take it over wait for the end, and decide
   * again. False, without `work`, if another resource holds it. `title`: for messages.
   */
  async remove(holding: Holding, title: string, work: () => Promise<void>): Promise<boolean> {
    const { what } = holding;
    // Write the note first, then look: if two processes do so at once, at least one sees the other.
    this.note({ is: "removing", what });
    const isHeld = this.isHeldByAnother(holding);
    if (isHeld) this.note({ is: "kept", what });
    if (this.problem !== undefined) throw new RefusedError(`Deleting ${title} was refused: ${this.problem}.`);
    if (isHeld) return false;
    const removal = work();
    // Noted before anything else runs: from here on nobody may adopt or import it.
    const over = removal.catch(() => undefined).then(() => this.removals.delete(what));
    this.removals.set(what, over);
    try {
      await removal;
    } catch (error) {
      this.note({ is: "kept", what });
      throw error;
    }
    this.noteRemoved(what);
    this.release(holding);
    return true;
  }

  /**
   * Claims it for a resource that takes it over, if `check` does not refuse that. False if this command
   * deletes it or has deleted it; the wait for the end of that is over then, and the resource decides again.
   */
  async takeOver(holding: Holding, check: () => void): Promise<boolean> {
    const { what } = holding;
    let removal = this.removalOf(what);
    if (!removal) {
      // There is no `await` before the claim: a refused resource must never block another one.
      check();
      this.claim(holding);
      // Another process may have begun to delete it at the same moment: then one of the two sees the other.
      removal = this.removalOf(what);
      if (!removal) return true;
      this.release(holding);
    }
    await removal;
    return false;
  }

  /** Ends with its deletion by this command, successful or not; `undefined` if there is none. */
  removalOf(what: string): Promise<unknown> | undefined {
    this.listen();
    if (this.removed.has(what)) return Promise.resolve();
    return (
      this.removals.get(what) ?? (this.removalsElsewhere.has(what) ? this.endElsewhere(what) : undefined)
    );
  }

  private async endElsewhere(what: string): Promise<void> {
    while (this.removalsElsewhere.has(what)) {
      await sleep(POLL_MS);
      this.listen();
    }
  }

  /** Does any resource hold this, as far as this run knows? */
  isHeld(what: string): boolean {
    return this.holderOf(what, () => true) !== undefined;
  }

  /**
   * Does another resource keep this, as far as this command knows? Then we must not delete it. A resource
   * that this run replaces keeps nothing: it may be this one, under the name that it had before.
   */
  isHeldByAnother({ what, holder }: Holding): boolean {
    this.listen();
    return this.holderOf(what, (role, other) => other !== holder && role !== "replaced") !== undefined;
  }

  /** The holder of another resource of the program that keeps this, if any: no other resource may take it. */
  keeper(what: string, except?: string): string | undefined {
    this.listen();
    const keeps = (role: Role): boolean => role === "declared" || role === "claimed";
    return this.holderOf(what, (role, holder) => holder !== except && keeps(role));
  }

  /** The holder of the resource that took this over in this run, if any. */
  claimant(what: string): string | undefined {
    return this.holderOf(what, (role) => role === "claimed");
  }

  private holderOf(what: string, isIt: (role: Role, holder: string) => boolean): string | undefined {
    for (const [holder, role] of this.byWhat.get(what) ?? []) if (isIt(role, holder)) return holder;
    return undefined;
  }

  /**
   * The logical name of another resource of the program with this SSH key, if any. Only generated names
   * count: they contain the logical name, which stays the same if the engine checks a resource again.
   */
  otherWithSshKey(fingerprint: string, name: unknown): string | undefined {
    if (!isTemplate(name, "name")) return undefined;
    const logical = name.slice(0, name.lastIndexOf("-${"));
    const other = this.sshKeys.get(fingerprint) ?? logical;
    this.sshKeys.set(fingerprint, other);
    return other === logical ? undefined : other;
  }

  /** Reads the notes of the other processes of this command. */
  listen(): void {
    this.withNotes((notes) => {
      const others = notes.others();
      for (const { note, pid } of others.notes) this.hear(note, pid);
      for (const [what, pid] of this.removalsElsewhere)
        if (!others.pids.has(pid)) this.removalsElsewhere.delete(what);
    });
  }

  /** Notes it, for the other processes of this command as well. */
  private note(note: Note): void {
    this.hear(note);
    this.withNotes((notes) => notes.append(note));
  }

  /** `pid`: of another process. */
  private hear(note: Note, pid?: number): void {
    const { is, what } = note;
    switch (is) {
      case "removing":
        if (pid !== undefined) this.removalsElsewhere.set(what, pid);
        return;
      case "removed":
        this.removed.add(what);
        this.removalsElsewhere.delete(what);
        return;
      case "kept":
        if (this.removalsElsewhere.get(what) === pid) this.removalsElsewhere.delete(what);
        return;
      case "released":
        this.byWhat.get(what)?.delete(note.holder);
        return;
      default:
        this.byWhat.set(what, (this.byWhat.get(what) ?? new Map<string, Role>()).set(note.holder, is));
    }
  }

  private withNotes(work: (notes: Pick<Notes, "append" | "others">) => void): void {
    if (!this.notes || this.problem !== undefined) return;
    try {
      work(this.notes);
    } catch (error) {
      this.problem = errorMessage(error);
      // Nobody will hear their end.
      this.removalsElsewhere.clear();
    }
  }
}

/**
 * Runs `work`, the deletion, unless another resource manages the object now. If this resource's own
 * replacement has taken it over (`up --replace` does not inform the provider), refuses.
 */
export async function deleteUnlessHeld(
  run: { holders: Holders; log: Log },
  [holding]: Holding[],
  what: string,
  /** The input by which another resource takes it over. */
  input: "existing" | "adoptExisting",
  work: () => Promise<void>,
): Promise<void> {
  if (!holding) return work();
  const { holders } = run;
  if (await holders.remove(holding, what, work)) return;
  const claimant = holders.claimant(holding.what);
  holders.release(holding);
  if (claimant !== undefined && isSameOwner(ownerOf(holding.holder), ownerOf(claimant))) {
    throw new RefusedError(
      `${capitalize(what)} was not replaced: \`${input}\` is still in the program, so the replacement has the same key. Nothing was revoked. Remove \`${input}\` from the program` +
        " (that changes nothing by itself), run `pulumi up`, then replace the resource.",
    );
  }
  run.log(`Keeping ${what}: another resource manages it now.`, "info");
}

/** The name of a holder for messages: the part before its `#`. */
export function ownerOf(holder: string): string {
  return holder.slice(0, Math.max(0, holder.lastIndexOf("#")));
}

/**
 * `project/stack/name`, and `project/stack/<types of the parents>$name` of a child. A state of an earlier
 * version names no parents.
 */
export function isSameOwner(a: string, b: string): boolean {
  const plain = (owner: string): string => owner.replace(/^([^/]*\/[^/]*\/)(?:.*\$)?/s, "$1");
  const isExact = a.includes("$") && b.includes("$");
  return a !== "" && (a === b || (!isExact && plain(a) === plain(b)));
}

/** The claim of a state that holds the API key with this id. */
export function apiKeyClaim(id: string): string {
  return `api-key ${idKey(id)}`;
}

/** The claim of a state that holds the SSH key with this id. */
export function sshKeyClaim(id: string): string {
  return `ssh-key ${idKey(id)}`;
}
