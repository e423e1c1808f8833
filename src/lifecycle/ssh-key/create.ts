// Creating an SSH key: add it, or adopt the one that the account has, or say what is in the way.
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { ConflictError, RefusedError } from "../../errors";
import { endsInMarker, newMarker, fillTemplate, isTemplate, markerOf } from "../../text/auto-name";
import { quoteForTerminal } from "../../text/quote";
import { createOnce } from "../create-once/create-once";
import { UnresolvedError } from "../create-once/failures";
import type { Attempt } from "../create-once/creation";
import { unresolvedId } from "../create-once/lost-attempt";
import type { StartedAt } from "../create-once/lost-attempt";
import { possibleDuplicateMessage } from "../create-once/messages";
import { sshKeyClaim } from "../holders";
import { IncompleteError, known } from "../lifecycle";
import type { Run } from "../run";
import { rfc3339 } from "../time";
import { afterConflict, describeSshKey } from "./conflict";
import type { Registered } from "./conflict";
import { hasFingerprint, listedAs, materialOf } from "./identity";
import { encodeSshKeyInputs } from "./inputs";
import type { SshKeyInputs } from "./inputs";
import { refuseOtherKey } from "./other-key";
import { parsePublicKey } from "./public-key";
import { sshKeyOwnership } from "./ownership";
import type { LostSshKey, SshKeyState } from "./state";
import type { WantedSshKey } from "./wanted";

type HeldSshKey = Extract<SshKeyState, { status: "created" | "adopted" }>;

export function createSshKey(inputs: SshKeyInputs, run: Run): Promise<SshKeyState> {
  const given = known(inputs.name, "name");
  const isAutomatic = isTemplate(given, "name");
  const name = isAutomatic ? fillTemplate(given) : given;
  const hasMarker = endsInMarker(name, "name");
  const wanted = {
    name,
    key: parsePublicKey(known(inputs.publicKey, "publicKey")),
    adoptExisting: inputs.adoptExisting === true,
    adoptsAnyName: isAutomatic,
    hasMarker,
    nameAdvice: hasMarker ? "Delete it in the account first" : "Choose another `name`, or omit it",
    owner: inputs.owner,
  };
  return registerSshKey(wanted, run);
}

/** @throws IncompleteError of an {@link SshKeyState} when nobody knows what is in the account now. */
export async function registerSshKey(wanted: WantedSshKey, run: Run): Promise<HeldSshKey> {
  const { name, key } = wanted;
  const claim = { what: materialClaim(key.fingerprint), holder: name };
  const other = run.holders.keeper(claim.what);
  if (other !== undefined) {
    throw new RefusedError(
      `Cannot create the SSH key ${quoteForTerminal(name)}: another resource of this program, named ${quoteForTerminal(other)} in the account, already manages the same public key (${key.fingerprint}).`,
    );
  }
  run.holders.claim(claim);
  try {
    return await new SshKeyCreation(wanted, run).createOrAdopt();
  } catch (error) {
    run.holders.release(claim);
    throw error;
  }
}

/** What a resource of a run claims while it registers the public key with this fingerprint. */
export function materialClaim(fingerprint: string): string {
  return `ssh-material ${fingerprint}`;
}

class SshKeyCreation {
  private readonly what: string;
  private readonly operation: Operation;

  constructor(
    private readonly wanted: WantedSshKey,
    private readonly run: Run,
  ) {
    this.what = `the SSH key ${quoteForTerminal(wanted.name)}`;
    this.operation = run.client.operation(`Creating ${this.what}`);
  }

  async createOrAdopt(): Promise<HeldSshKey> {
    const { run } = this;
    const { name, key, adoptExisting, hasMarker } = this.wanted;
    if (adoptExisting) {
      const existing = await listedAs(key.text, run);
      if (existing) return this.adoptedUnlessRemoved(existing);
    }
    const lost = { name, publicKey: key.text, hasMarker };
    try {
      const created = await createOnce<Registered, SshKeyRecord>(
        {
          what: this.what,
          sameInputs: `${materialOf(key.text)} ${name}`,
          post: (attempt) => this.post(attempt),
          list: () => run.sshKeys.fresh(this.operation),
          isKnown: run.sshKeys.knownBefore(),
          ownership: (entry, relation) => sshKeyOwnership(lost, entry, relation),
          remove: (id) => run.sshKeys.remove(id, this.operation),
          keep: (entry) => ({ id: entry.id, entry, isAdopted: false }),
        },
        run,
      );
      const { entry: shown, isAdopted } = created.value;
      const createdAt = shown.createdAt ?? rfc3339(created.serverTime ?? run.client.timing.now());
      const entry = isAdopted ? shown : { ...shown, createdAt };
      return isAdopted
        ? await this.adoptedUnlessRemoved(entry)
        : await this.created(entry, created.duplicatePossible ? lost : null);
    } catch (error) {
      if (!(error instanceof UnresolvedError)) throw error;
      const id = unresolvedId(hasMarker ? markerOf(name) : newMarker());
      throw new IncompleteError<SshKeyState>(
        {
          status: "unresolved",
          id,
          lost: { ...lost, ...error.started },
          inputs: encodeSshKeyInputs(key.text, name, adoptExisting),
        },
        error.message,
      );
    }
  }

  private async post(attempt: Attempt) {
    const { wanted, run, operation } = this;
    try {
      const sshKey = { name: wanted.name, publicKey: wanted.key.text };
      const { value, serverTime } = await run.client.createSshKey(sshKey, operation);
      return { value: { id: value.id, entry: value, isAdopted: false }, serverTime };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return { value: await afterConflict(error, attempt, wanted, run, operation), serverTime: undefined };
    }
  }

  private async created(
    entry: SshKeyRecord,
    lost: Omit<LostSshKey, keyof StartedAt> | null,
  ): Promise<HeldSshKey> {
    const { run, what } = this;
    const { name, key, owner } = this.wanted;
    if (entry.fingerprint?.startsWith("SHA256:") === true && !hasFingerprint(entry, key.text)) {
      return refuseOtherKey(entry, this.wanted, run, this.operation);
    }
    run.sshKeys.noteCreated(entry.id);
    const holder = owner === "" ? "" : this.newHolder();
    const state = { status: "created" as const, ...this.outputs(entry), name, holder };
    if (!lost) return { ...state, lost: null };
    throw new IncompleteError<SshKeyState>(
      { ...state, lost: { ...lost, startedAt: null } },
      possibleDuplicateMessage(what),
    );
  }

  /** While another resource of this run deletes it, the end of that decides whether there is anything to adopt. */
  private async adoptedUnlessRemoved(entry: SshKeyRecord): Promise<HeldSshKey> {
    const { holders, sshKeys } = this.run;
    const removal = holders.removalOf(sshKeyClaim(entry.id));
    if (!removal && !sshKeys.wasRemoved(entry.id)) return this.adopted(entry);
    await removal;
    return this.createOrAdopt();
  }

  /** Adopts a key that the account has. It is not ours, so it is never deleted with the resource. */
  private adopted(entry: SshKeyRecord): HeldSshKey {
    const { run, what } = this;
    const { name, adoptsAnyName } = this.wanted;
    const claim = sshKeyClaim(entry.id);
    if (run.holders.keeper(claim) !== undefined) {
      throw new RefusedError(
        `Cannot adopt ${describeSshKey(entry)} as ${what}: another resource of this program manages it already; only one can.`,
      );
    }
    if (!adoptsAnyName && name !== entry.name) {
      throw new RefusedError(
        `Cannot adopt ${what}: the account already has this public key as ${describeSshKey(entry)}, and the API cannot rename it. Set \`name\` to that name, or omit it.`,
      );
    }
    const holder = this.newHolder();
    run.holders.claim({ what: claim, holder });
    run.sshKeys.noteCreated(entry.id);
    return { status: "adopted", ...this.outputs(entry), holder };
  }

  private newHolder(): string {
    return `${this.wanted.owner}#${newMarker()}`;
  }

  private outputs({ id, name = this.wanted.name, createdAt = "", vmCount }: SshKeyRecord) {
    const { text: publicKey, fingerprint, type: keyType } = this.wanted.key;
    return { id, name, publicKey, fingerprint, keyType, createdAt, vmCount };
  }
}
