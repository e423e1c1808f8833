// Creates an SSH key: registers it, or adopts the one that the account has, or reports the conflict.
import { shownSshKey } from "../../api/list";
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { ConflictError, errorMessage, RefusedError, WaysCloudError } from "../../errors";
import { encodeGiven } from "../../fields/field";
import { sshKeyInputs } from "../../fields/ssh-key";
import { isOlderThan, judge } from "../../judge/ownership";
import { clockOf } from "../../judge/presence";
import { endsInMarker, newMarker, fillTemplate, isTemplate } from "../../text/auto-name";
import { quoteForTerminal } from "../../text/quote";
import { nameAndId, sanitize } from "../../text/redact";
import { rfc3339 } from "../../values";
import type { Known } from "../../values";
import { createOnce, ForeignConflictError } from "../create-once/create-once";
import { conflictWith } from "../create-once/creation";
import type { Attempt, LostCreation } from "../create-once/creation";
import { UNKNOWN_START, unresolved } from "../create-once/started";
import type { Unresolved } from "../create-once/started";
import { sshKeyClaim } from "../holders";
import type { Outcome } from "../lifecycle";
import type { Run } from "../run";
import { shownOf } from "./clean-up";
import { isSameKey, listedAs } from "./identity";
import { ONCE } from "./inputs";
import type { SshKeyInputs, SshKeyRequest } from "./inputs";
import { parsePublicKey } from "./public-key";
import type { HeldSshKey, LostSshKey, SshKeyState } from "./state";

export function createSshKey(
  inputs: Known<SshKeyInputs>,
  run: Run,
  identity: string,
): Promise<Outcome<SshKeyState>> {
  const { name: given, publicKey, adoptExisting, owner, pinned } = inputs;
  const isAutomatic = isTemplate(given, "name");
  const name = isAutomatic ? fillTemplate(given) : given;
  const hasMarker = endsInMarker(name, "name") && !pinned;
  const request = {
    name,
    key: parsePublicKey(publicKey),
    adoptExisting,
    adoptsAnyName: isAutomatic,
    hasMarker,
    nameAdvice: hasMarker ? "Delete it in the account first" : "Choose another `name`, or omit it",
    holder: owner === "" ? "" : `${owner}#${newMarker()}`,
    identity,
  };
  return registerSshKey(request, run);
}

/** While the key may exist, no other resource of this command may register the same key. */
export async function registerSshKey(
  request: SshKeyRequest,
  run: Run,
): Promise<Outcome<HeldSshKey | Unresolved<LostSshKey>>> {
  const { name, key, identity } = request;
  const before = run.creations.begin(identity);
  const { materials } = run;
  const other = before ? undefined : materials.get(key.fingerprint);
  if (other !== undefined) {
    // An automatic name begins with the logical one.
    const logical = endsInMarker(other, "name") ? ` ${quoteForTerminal(other.slice(0, -8))},` : "";
    throw new RefusedError(
      `Cannot create the SSH key ${quoteForTerminal(name)}: another resource of this program,${logical} named ${quoteForTerminal(other)} in the account, already manages the same public key (${key.fingerprint}). ${ONCE}`,
    );
  }
  materials.set(key.fingerprint, name);
  try {
    return await new SshKeyCreation(request, before, run).createOrAdopt();
  } catch (error) {
    materials.delete(key.fingerprint);
    throw error;
  }
}

/** The key in the account at the end: a new one, or one that was there before. */
interface Registered extends SshKeyRecord {
  isAdopted: boolean;
}

/** The account has this key under this name: probably that of the resource that is being replaced. */
export class SameSshKeyError extends ForeignConflictError {}

class SshKeyCreation {
  private readonly what: string;
  private readonly operation: Operation;

  constructor(
    private readonly request: SshKeyRequest,
    private readonly before: LostCreation | undefined,
    private readonly run: Run,
  ) {
    this.what = `the SSH key ${quoteForTerminal(request.name)}`;
    this.operation = run.client.operation(`Creating ${this.what}`);
  }

  async createOrAdopt(): Promise<Outcome<HeldSshKey | Unresolved<LostSshKey>>> {
    const { run, before, what, operation } = this;
    const { name, key, adoptExisting, hasMarker, identity } = this.request;
    const existing = adoptExisting ? await listedAs(key.text, run) : undefined;
    if (existing) return this.adopted(existing);
    const created = await createOnce<Registered, SshKeyRecord>(
      {
        ...{ what, identity, before, operation },
        sent: { text: name, hasMarker },
        shown: (entry) => shownOf(entry, key.text),
        post: (attempt) => this.post(attempt),
        list: run.sshKeys,
        elsewhere: (entry) => this.adoptedOrRefused(entry),
        keep: (entry) => ({ ...entry, isAdopted: false }),
      },
      run,
    );
    const lost = { text: name, publicKey: key.text, hasMarker };
    if (created.is === "unresolved") {
      const inputs = encodeGiven(sshKeyInputs, { publicKey: key.text, name, adoptExisting });
      return { state: unresolved({ ...lost, ...created.started }, inputs), unfinished: created.why };
    }
    const { isAdopted, ...entry } = created.value;
    if (isAdopted) return this.adopted(entry);
    const { serverTime, unfinished } = created;
    // The local clock would prove nothing.
    const createdAt = entry.createdAt ?? (serverTime === undefined ? "" : rfc3339(serverTime));
    if (isSameKey(entry, key.text) === false) return this.refuseOtherKey({ ...entry, createdAt });
    run.sshKeys.noteCreated(entry.id);
    const duplicate = unfinished === undefined ? null : { ...lost, ...UNKNOWN_START };
    return { state: { ...this.held({ ...entry, createdAt }), name, lost: duplicate }, unfinished };
  }

  private async post(attempt: Attempt) {
    const { request, run, operation } = this;
    try {
      const body = { name: request.name, publicKey: request.key.text };
      const { value, serverTime } = await run.client.createSshKey(body, operation);
      if (attempt.isKnown(value.id) || isOlderThan(attempt.began(serverTime), value.createdAt))
        throw conflictWith(nameAndId(value), operation);
      return { value: { ...value, isAdopted: false }, serverTime };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return { value: await this.afterConflict(error, attempt), serverTime: undefined };
    }
  }

  /** The conflicting key, if it is ours or may be adopted. @throws ConflictError that names it otherwise. */
  private async afterConflict(
    conflict: ConflictError,
    { isSecond, began, isKnown }: Attempt,
  ): Promise<Registered> {
    const { name, key, adoptExisting, hasMarker, nameAdvice } = this.request;
    const { entries, serverTime } = await this.listAfter(conflict);
    const same = entries.find((entry) => isSameKey(entry, key.text) === true);
    if (same) {
      const isNew = isSecond && !isKnown(same.id);
      const verdict = judge({ text: name, hasMarker, ...began(serverTime) }, shownOf(same, key.text));
      if (isNew && verdict.is === "ours") return { ...same, isAdopted: false };
      // It may be the key of the lost attempt: find out before reporting a conflict.
      if (isNew && verdict.is === "possibly ours" && !adoptExisting) throw conflict;
      return this.adoptedOrRefused(same, conflict.message);
    }
    const sameName = entries.find((entry) => entry.name === name);
    if (!sameName) throw conflict;
    throw new ForeignConflictError({
      message: `${conflict.message} The name is taken by ${nameAndId(sameName)}.`,
      advice: `${nameAdvice}.`,
      outcome: "conflict",
    });
  }

  private async listAfter(conflict: ConflictError) {
    const { sshKeys } = this.run;
    try {
      const list = await sshKeys.fresh(this.operation);
      // A list may still show a key that this run has deleted.
      const entries = [...list.byId.values()].filter(({ id }) => !sshKeys.wasRemoved(id));
      return { entries, serverTime: clockOf(list) };
    } catch (error) {
      const status =
        error instanceof WaysCloudError && error.status !== undefined ? ` (${error.status})` : "";
      throw new ConflictError({
        message: `${conflict.message} The list of SSH keys could not be read${status} to find out which; \`adoptExisting: true\` needs it as well.`,
        outcome: "conflict",
      });
    }
  }

  /** The account has this very key, which is not ours. `failed`: the beginning of the error. */
  private adoptedOrRefused(entry: SshKeyRecord, failed = `${this.operation.title} failed.`): Registered {
    const { adoptExisting, name } = this.request;
    if (adoptExisting) return { ...entry, isAdopted: true };
    const Conflict = entry.name === name ? SameSshKeyError : ForeignConflictError;
    throw new Conflict({
      message: `${failed} The account already has this public key as ${nameAndId(entry)}.`,
      advice:
        "Set `adoptExisting: true` to adopt it, or delete it in the account first." +
        " If the resource is being replaced (`up --replace`, a taint), set the option `deleteBeforeReplace: true` instead; if it was renamed in the program, use the option `aliases`.",
      outcome: "conflict",
    });
  }

  /**
   * The API registered another key than the one that was sent. If it cannot be deleted, the state keeps it
   * without key material, which never matches the program, so the next update deletes it.
   */
  private async refuseOtherKey(entry: SshKeyRecord): Promise<Outcome<HeldSshKey>> {
    const { run, request, operation } = this;
    const fingerprint = sanitize(entry.fingerprint ?? "");
    const failed = `${operation.title} failed: the API registered a key with the fingerprint ${fingerprint}, but this one has ${request.key.fingerprint}.`;
    try {
      await run.sshKeys.remove(entry.id, operation, entry.createdAt);
    } catch (error) {
      run.sshKeys.noteCreated(entry.id);
      const shown = { ...shownSshKey(entry), name: request.name, fingerprint };
      return {
        state: { status: "created", ...shown, publicKey: "", holder: "", lost: null },
        unfinished: `${failed} The registered key (id ${entry.id}) could not be deleted: ${errorMessage(error)} It is in the state; the next \`pulumi up\` or \`pulumi destroy\` deletes it.`,
      };
    }
    throw new RefusedError(`${failed} The registered key was deleted.`);
  }

  /**
   * Adopts a key that the account has. It is not owned, so it is never deleted with the resource. If another
   * resource of this command is deleting it, the end of that decides whether to adopt it.
   */
  private async adopted(entry: SshKeyRecord): Promise<Outcome<HeldSshKey | Unresolved<LostSshKey>>> {
    const { run, what } = this;
    const { name, adoptsAnyName, holder } = this.request;
    // Without an owner, the marker alone distinguishes it.
    const claim = { what: sshKeyClaim(entry.id), holder: holder === "" ? `#${newMarker()}` : holder };
    const isMine = await run.holders.takeOver(claim, () => {
      if (run.holders.keeper(claim.what) !== undefined) {
        throw new RefusedError(
          `Cannot adopt ${nameAndId(entry)} as ${what}: another resource of this program already manages it; only one can.`,
        );
      }
      if (!adoptsAnyName && name !== entry.name) {
        throw new RefusedError(
          `Cannot adopt ${what}: the account already has this public key as ${nameAndId(entry)}, and the API cannot rename it. Set \`name\` to that name, or omit it.`,
        );
      }
    });
    if (!isMine) return this.createOrAdopt();
    run.sshKeys.noteCreated(entry.id);
    return { state: { ...this.held(entry), status: "adopted", holder: claim.holder } };
  }

  private held({ id, name = this.request.name, createdAt = "", vmCount }: SshKeyRecord): HeldSshKey {
    const { holder, key } = this.request;
    const { text: publicKey, fingerprint, type: keyType } = key;
    const shown = { id, name, publicKey, fingerprint, keyType, createdAt, vmCount };
    return { status: "created", ...shown, holder, lost: null };
  }
}
