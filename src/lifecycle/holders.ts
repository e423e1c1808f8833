// Which resource manages which key, as seen so far in this command: two resources must never manage the same
// key, and no resource revokes a key that another one holds.
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
}

/** The wait for a deletion by another process of this command. */
const POLL_MS = 100;

export class Holders {
  readonly creations = new Creations();
  private readonly byWhat = new Map<string, Map<string, Role>>();
  private readonly programs = new Set<string>();
  /** The logical names of the resources with an SSH key, by its fingerprint. */
  private readonly sshKeys = new Map<string, string>();
  private readonly removals = new Map<string, Promise<unknown>>();
  /** The keys that other processes of this command are deleting, by their process ids. */
  private readonly removalsElsewhere = new Map<string, number>();
  private readonly removedElsewhere = new Set<string>();
  /** The times at which keys were due that this command replaces, RFC 3339, by the local clock. */
  readonly dueSince = new Set<string>();
  /** The ids that were read and not checked since: each check begins another pass over the resources. */
  readonly justRead = new Set<string>();

  /** `notes`: shared with the other processes of this command, if there is an engine. */
  constructor(private readonly notes?: Pick<Notes, "append" | "others">) {}

  /** A refresh or a `get` read it, which says nothing about the program. */
  noteRead({ what, holder }: Holding): void {
    if (!this.byWhat.get(what)?.has(holder)) this.set(what, holder, "read");
  }

  /** A declared resource holds it in its state; `replaced`: this run replaces it, or it gives up the key. */
  noteDeclared({ what, holder }: Holding, replaced: boolean): void {
    if (this.byWhat.get(what)?.get(holder) !== "claimed")
      this.set(what, holder, replaced ? "replaced" : "declared");
  }

  /** A resource of this run creates, imports or adopts it. */
  claim({ what, holder }: Holding): void {
    this.set(what, holder, "claimed");
  }

  /** This resource no longer holds it. */
  release({ what, holder }: Holding): void {
    if (this.byWhat.get(what)?.delete(holder)) this.tell({ is: "released", what, holder });
  }

  /**
   * Begins its deletion by `work`. Other resources that want to take it over wait for the end, and decide
   * again. False, without `work`, if another process has just taken it over.
   */
  async remove(holding: Holding, work: () => Promise<void>): Promise<boolean> {
    const { what } = holding;
    // Write the note first, then look: if two processes do so at once, at least one sees the other.
    this.tell({ is: "removing", what });
    if (this.isHeldByAnother(holding)) {
      this.tell({ is: "kept", what });
      return false;
    }
    this.assertAware(`Deleting the ${what}`);
    const removal = work();
    // Noted before anything else runs: from here on nobody may adopt or import it.
    const over = removal.catch(() => undefined).then(() => this.removals.delete(what));
    this.removals.set(what, over);
    try {
      await removal;
      this.tell({ is: "removed", what });
    } catch (error) {
      this.tell({ is: "kept", what });
      throw error;
    }
    this.release(holding);
    return true;
  }

  /** Ends with its deletion, successful or not; `undefined` if nothing deletes it. */
  removalOf(what: string): Promise<unknown> | undefined {
    this.listen();
    return (
      this.removals.get(what) ?? (this.removalsElsewhere.has(what) ? this.endElsewhere(what) : undefined)
    );
  }

  /** Has another process of this command deleted it? */
  wasRemovedElsewhere(what: string): boolean {
    return this.removedElsewhere.has(what);
  }

  private async endElsewhere(what: string): Promise<void> {
    while (this.problem === undefined && this.removalsElsewhere.has(what)) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      this.listen();
    }
  }

  /** Does any resource hold this, as far as this run knows? */
  isHeld(what: string): boolean {
    return (this.byWhat.get(what)?.size ?? 0) > 0;
  }

  /**
   * Does another resource keep this, as far as this command knows? Then we must not delete it. A resource
   * that this run replaces keeps nothing: it may be this one, under the name that it had before.
   */
  isHeldByAnother({ what, holder }: Holding): boolean {
    this.listen();
    return [...(this.byWhat.get(what) ?? [])].some(
      ([other, role]) => other !== holder && role !== "replaced",
    );
  }

  /** The holder of another resource of the program that keeps this, if any: no other resource may take it. */
  keeper(what: string, except?: string): string | undefined {
    this.listen();
    for (const [holder, role] of this.byWhat.get(what) ?? []) {
      if (holder !== except && (role === "declared" || role === "claimed")) return holder;
    }
    return undefined;
  }

  /** The holder of the resource that took this over in this run, if any. */
  claimant(what: string): string | undefined {
    for (const [holder, role] of this.byWhat.get(what) ?? []) if (role === "claimed") return holder;
    return undefined;
  }

  /**
   * Remembers the program text of the resource. The engine checks a replaced resource again without its old
   * inputs; by this text it is recognized, and gets a new key instead of importing the old one.
   */
  noteProgram(what: string, program: string): void {
    this.programs.add(`${what} ${program}`);
  }

  /** Is a resource with this program text a replacement of the one that holds this? */
  isReplacement(what: string, program: string): boolean {
    return this.programs.has(`${what} ${program}`);
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

  private set(what: string, holder: string, role: Role): void {
    this.keep(what, holder, role);
    this.tell({ is: role, what, holder });
  }

  private keep(what: string, holder: string, role: Role): void {
    const holders = this.byWhat.get(what) ?? new Map<string, Role>();
    this.byWhat.set(what, holders.set(holder, role));
  }

  private tell(note: Note): void {
    this.withNotes((notes) => notes.append(note));
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

  private hear(note: Note, pid: number): void {
    const { is, what } = note;
    switch (is) {
      case "removing":
        this.removalsElsewhere.set(what, pid);
        return;
      case "removed":
        this.removedElsewhere.add(what);
        this.removalsElsewhere.delete(what);
        return;
      case "kept":
        this.removalsElsewhere.delete(what);
        return;
      case "released":
        this.byWhat.get(what)?.delete(note.holder);
        return;
      default:
        this.keep(what, note.holder, is);
    }
  }

  private problem: string | undefined;

  private withNotes(work: (notes: Pick<Notes, "append" | "others">) => void): void {
    if (!this.notes || this.problem !== undefined) return;
    try {
      work(this.notes);
    } catch (error) {
      this.problem = errorMessage(error);
    }
  }

  /** @throws RefusedError if another process may hold this, and this process cannot know. */
  assertAware(title: string): void {
    if (this.problem !== undefined) throw new RefusedError(`${title} was refused: ${this.problem}.`);
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
  const isHeld = holders.isHeldByAnother(holding);
  holders.assertAware(`Deleting ${what}`);
  if (!isHeld && (await holders.remove(holding, work))) return;
  const claimant = holders.claimant(holding.what);
  holders.release(holding);
  if (claimant !== undefined && isSameOwner(ownerOf(holding.holder), ownerOf(claimant))) {
    throw new RefusedError(
      `${capitalize(what)} was not replaced: \`${input}\` let the new resource take the same key again. Nothing was revoked. Remove \`${input}\` from the program` +
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
