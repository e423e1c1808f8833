// Creating an SSH key: add it, or adopt the one that the account has, or say what is in the way.
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { ConflictError, RefusedError } from "../../errors";
import { bearsMark, drawMark, fillIn, isTemplate, markOf } from "../../text/auto-name";
import { sanitize } from "../../text/redact";
import { createOnce } from "../create-once/create-once";
import { UnresolvedError } from "../create-once/outcome";
import type { Attempt } from "../create-once/creation";
import { unresolvedId } from "../create-once/lost-attempt";
import type { StartedAt } from "../create-once/lost-attempt";
import { possibleDuplicateMessage } from "../create-once/messages";
import { sshKeyClaim } from "../holders";
import { IncompleteError, known } from "../lifecycle";
import type { Run } from "../run";
import { afterConflict, describeSshKey } from "./conflict";
import type { Registered } from "./conflict";
import { hasFingerprint, materialOf } from "./identity";
import { encodeSshKeyInputs } from "./inputs";
import type { SshKeyInputs } from "./inputs";
import { parsePublicKey } from "./public-key";
import type { PublicKey } from "./public-key";
import { sshKeyOwnership } from "./ownership";
import type { LostSshKey, SshKeyState } from "./state";

export async function createSshKey(inputs: SshKeyInputs, run: Run): Promise<SshKeyState> {
  const given = known(inputs.name, "name");
  const name = isTemplate(given, "name") ? fillIn(given) : given;
  const key = parsePublicKey(known(inputs.publicKey, "publicKey"));
  const claim = { what: materialClaim(key.text), holder: name };
  const other = run.holders.keeper(claim.what);
  if (other !== undefined) {
    throw new RefusedError(
      `Cannot create the SSH key ${JSON.stringify(name)}: another resource of this program, named ${JSON.stringify(other)} in the account, already manages the same public key (${key.fingerprint}).`,
    );
  }
  run.holders.claim(claim);
  try {
    return await new SshKeyCreation(inputs, given, name, key, run).createOrAdopt();
  } catch (error) {
    run.holders.release(claim);
    throw error;
  }
}

/** What a resource of a run claims while it registers this public key. */
export function materialClaim(publicKey: string): string {
  return `ssh-material ${materialOf(publicKey)}`;
}

class SshKeyCreation {
  private readonly what: string;
  private readonly operation: Operation;

  constructor(
    private readonly inputs: SshKeyInputs,
    /** As the program has it: a name, or a template for one. */
    private readonly given: string,
    private readonly name: string,
    private readonly key: PublicKey,
    private readonly run: Run,
  ) {
    this.what = `the SSH key ${JSON.stringify(name)}`;
    this.operation = run.client.operation(`Creating ${this.what}`);
  }

  async createOrAdopt(): Promise<SshKeyState> {
    const { key, run } = this;
    if (this.inputs.adoptExisting === true) {
      const existing = (await run.sshKeys.entries()).find((entry) => hasFingerprint(entry, key.text));
      if (existing) return this.adopted(existing);
    }
    const lost = { name: this.name, publicKey: key.text, hasMarker: bearsMark(this.name, "name") };
    try {
      const created = await createOnce<Registered, SshKeyRecord>(
        {
          what: this.what,
          sameInputs: `${materialOf(key.text)} ${this.name}`,
          post: (attempt) => this.post(attempt),
          list: () => run.sshKeys.fresh(this.operation),
          isKnown: run.sshKeys.knownBefore(),
          ownership: (entry, relation) => sshKeyOwnership(lost, entry, relation),
          remove: (id) => run.sshKeys.remove(id, this.operation),
          keep: (entry) => ({ id: entry.id, entry, isAdopted: false }),
        },
        run,
      );
      const { entry, isAdopted } = created.value;
      return isAdopted
        ? this.adopted(entry)
        : await this.created(entry, created.duplicatePossible ? lost : null);
    } catch (error) {
      if (!(error instanceof UnresolvedError)) throw error;
      const id = unresolvedId(lost.hasMarker ? markOf(this.name) : drawMark());
      throw new IncompleteError<SshKeyState>(
        {
          status: "unresolved",
          id,
          lost: { ...lost, ...error.started },
          inputs: encodeSshKeyInputs(this.inputs, this.name),
        },
        error.message,
      );
    }
  }

  private async post(attempt: Attempt) {
    try {
      const body = { name: this.name, public_key: this.key.text };
      const { value, serverTime } = await this.run.client.createSshKey(body, this.operation);
      return { value: { id: value.id, entry: value, isAdopted: false }, serverTime };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const { name, key, inputs, operation } = this;
      const wanted = { name, publicKey: key.text, adoptExisting: inputs.adoptExisting === true };
      return {
        value: await afterConflict(error, attempt, wanted, this.run, operation),
        serverTime: undefined,
      };
    }
  }

  private async created(
    entry: SshKeyRecord,
    lost: Omit<LostSshKey, keyof StartedAt> | null,
  ): Promise<SshKeyState> {
    const { key, run, what, inputs } = this;
    if (entry.fingerprint.startsWith("SHA256:") && !hasFingerprint(entry, key.text)) {
      await run.sshKeys.remove(entry.id, this.operation);
      throw new RefusedError(
        `Creating ${what} failed: the API registered a key with the fingerprint ${sanitize(entry.fingerprint)}, but this one has ${key.fingerprint}. The registered key was deleted.`,
      );
    }
    run.sshKeys.noteCreated(entry.id);
    const holder = inputs.owner === "" ? "" : this.newHolder();
    const state = { status: "created" as const, ...this.outputs(entry), name: this.name, holder };
    if (!lost) return { ...state, lost: null };
    throw new IncompleteError<SshKeyState>(
      { ...state, lost: { ...lost, startedAt: null } },
      possibleDuplicateMessage(what),
    );
  }

  /** Adopts a key that the account has. It is not ours, so it is never deleted with the resource. */
  private adopted(entry: SshKeyRecord): SshKeyState {
    const { run, what, given } = this;
    const claim = sshKeyClaim(entry.id);
    if (run.holders.keeper(claim) !== undefined) {
      throw new RefusedError(
        `Cannot adopt ${describeSshKey(entry)} as ${what}: another resource of this program manages it already; only one can.`,
      );
    }
    if (!isTemplate(given, "name") && given !== entry.name) {
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
    return `${this.inputs.owner}#${drawMark()}`;
  }

  private outputs({ id, name, createdAt, vmCount }: SshKeyRecord) {
    const { text: publicKey, fingerprint, type: keyType } = this.key;
    return { id, name, publicKey, fingerprint, keyType, createdAt, vmCount };
  }
}
