// Creates an SSH key: registers it, or adopts the one that the account has, or reports the conflict.
import { shownSshKey } from "../../api/list";
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { ConflictError, errorMessage, RefusedError } from "../../errors";
import { encodeGiven } from "../../fields/field";
import { sshKeyInputs } from "../../fields/ssh-key";
import { isOlderThan } from "../../judge/ownership";
import { endsInMarker, newMarker, fillTemplate, isTemplate } from "../../text/auto-name";
import { quoteForTerminal } from "../../text/quote";
import { sanitize } from "../../text/redact";
import { known, rfc3339 } from "../../values";
import { createOnce } from "../create-once/create-once";
import { conflictWith } from "../create-once/creation";
import type { Attempt } from "../create-once/creation";
import { unresolvedId } from "../create-once/started";
import { sshKeyClaim } from "../holders";
import type { Outcome } from "../lifecycle";
import type { Run } from "../run";
import { shownOf } from "./clean-up";
import { afterConflict, describeSshKey, takenElsewhere } from "./conflict";
import type { Registered } from "./conflict";
import { isSameKey, listedAs } from "./identity";
import { ONCE } from "./inputs";
import type { SshKeyInputs, SshKeyRequest } from "./inputs";
import { parsePublicKey } from "./public-key";
import type { SshKeyState } from "./state";

/** `unresolved`, or `created` without key material for another key that could not be deleted. */
type Made = Extract<SshKeyState, { status: "created" | "adopted" | "unresolved" }>;

export function createSshKey(
  inputs: SshKeyInputs,
  run: Run,
  identity: string,
): Promise<Outcome<SshKeyState>> {
  const given = known(inputs.name, "name");
  const isAutomatic = isTemplate(given, "name");
  const name = isAutomatic ? fillTemplate(given) : given;
  const hasMarker = endsInMarker(name, "name") && !inputs.pinned;
  const request = {
    name,
    key: parsePublicKey(known(inputs.publicKey, "publicKey")),
    adoptExisting: inputs.adoptExisting === true,
    adoptsAnyName: isAutomatic,
    hasMarker,
    nameAdvice: hasMarker ? "Delete it in the account first" : "Choose another `name`, or omit it",
    owner: inputs.owner,
    identity,
  };
  return registerSshKey(request, run);
}

/** While the key may exist, no other resource of this command may register the same key. */
export async function registerSshKey(request: SshKeyRequest, run: Run): Promise<Outcome<Made>> {
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

class SshKeyCreation {
  private readonly what: string;
  private readonly operation: Operation;

  constructor(
    private readonly request: SshKeyRequest,
    private readonly before: Parameters<typeof createOnce>[0]["before"],
    private readonly run: Run,
  ) {
    this.what = `the SSH key ${quoteForTerminal(request.name)}`;
    this.operation = run.client.operation(`Creating ${this.what}`);
  }

  async createOrAdopt(): Promise<Outcome<Made>> {
    const { run, before } = this;
    const { name, key, adoptExisting, hasMarker, identity } = this.request;
    if (adoptExisting) {
      const existing = await listedAs(key.text, run);
      if (existing) return this.adoptedUnlessRemoved(existing);
    }
    const created = await createOnce<Registered, SshKeyRecord>(
      {
        ...{ what: this.what, identity, before, operation: this.operation },
        sent: { text: name, hasMarker },
        shown: (entry) => shownOf(entry, key.text),
        post: (attempt) => this.post(attempt),
        list: run.sshKeys,
        elsewhere: (entry) => takenElsewhere(entry, this.request, this.operation),
        keep: (entry) => ({ id: entry.id, entry, isAdopted: false }),
      },
      run,
    );
    const lost = { name, publicKey: key.text, hasMarker };
    if (created.is === "unresolved") {
      const id = unresolvedId(name, hasMarker);
      const inputs = encodeGiven(sshKeyInputs, { publicKey: key.text, name, adoptExisting });
      const state = { status: "unresolved" as const, id, lost: { ...lost, ...created.started }, inputs };
      return { state, unfinished: created.why };
    }
    const { entry, isAdopted } = created.value;
    if (isAdopted) return this.adoptedUnlessRemoved(entry);
    const { serverTime } = created;
    // The local clock would prove nothing.
    const createdAt = entry.createdAt ?? (serverTime === undefined ? "" : rfc3339(serverTime));
    const { state, unfinished } = await this.created({ ...entry, createdAt });
    if (created.unfinished === undefined || unfinished !== undefined) return { state, unfinished };
    return {
      state: { ...state, lost: { ...lost, startedAt: null } },
      unfinished: created.unfinished,
    };
  }

  private async post(attempt: Attempt) {
    const { request, run, operation } = this;
    try {
      const body = { name: request.name, publicKey: request.key.text };
      const { value, serverTime } = await run.client.createSshKey(body, operation);
      if (attempt.isKnown(value.id) || isOlderThan(attempt.began(serverTime), value.createdAt))
        throw conflictWith(describeSshKey(value), operation);
      return { value: { id: value.id, entry: value, isAdopted: false }, serverTime };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      const value = await afterConflict(error, attempt, request, run, operation);
      return { value, serverTime: undefined };
    }
  }

  private async created(
    entry: SshKeyRecord,
  ): Promise<{ state: Extract<Made, { status: "created" }>; unfinished?: string | undefined }> {
    const { run } = this;
    const { name, key, owner } = this.request;
    if (isSameKey(entry, key.text) === false) return this.refuseOtherKey(entry);
    run.sshKeys.noteCreated(entry.id);
    const holder = owner === "" ? "" : this.newHolder();
    return { state: { status: "created", ...this.outputs(entry), name, holder, lost: null } };
  }

  /**
   * The API registered another key than the one that was sent. If it cannot be deleted, the state keeps it
   * without key material, which never matches the program, so the next update deletes it.
   */
  private async refuseOtherKey(entry: SshKeyRecord) {
    const { run, request } = this;
    const fingerprint = sanitize(entry.fingerprint ?? "");
    const failed = `Creating ${this.what} failed: the API registered a key with the fingerprint ${fingerprint}, but this one has ${request.key.fingerprint}.`;
    try {
      await run.sshKeys.remove(entry.id, this.operation, entry.createdAt);
    } catch (error) {
      run.sshKeys.noteCreated(entry.id);
      const { name } = request;
      return {
        state: {
          status: "created" as const,
          ...shownSshKey(entry),
          name,
          fingerprint,
          publicKey: "",
          holder: "",
          lost: null,
        },
        unfinished: `${failed} The registered key (id ${entry.id}) could not be deleted: ${errorMessage(error)} It is in the state; the next \`pulumi up\` or \`pulumi destroy\` deletes it.`,
      };
    }
    throw new RefusedError(`${failed} The registered key was deleted.`);
  }

  /** If another resource of this run is deleting the key, the end of that decides whether to adopt it. */
  private async adoptedUnlessRemoved(entry: SshKeyRecord): Promise<Outcome<Made>> {
    const { holders, sshKeys } = this.run;
    const what = sshKeyClaim(entry.id);
    const removal = holders.removalOf(what);
    if (!removal && !sshKeys.wasRemoved(entry.id) && !holders.wasRemovedElsewhere(what))
      return this.adopted(entry);
    await removal;
    if (holders.wasRemovedElsewhere(what)) sshKeys.noteRemoved(entry.id);
    return this.createOrAdopt();
  }

  /** Adopts a key that the account has. It is not owned, so it is never deleted with the resource. */
  private async adopted(entry: SshKeyRecord): Promise<Outcome<Made>> {
    const { run, what } = this;
    const { name, adoptsAnyName } = this.request;
    const claim = { what: sshKeyClaim(entry.id), holder: this.newHolder() };
    if (run.holders.keeper(claim.what) !== undefined) {
      throw new RefusedError(
        `Cannot adopt ${describeSshKey(entry)} as ${what}: another resource of this program already manages it; only one can.`,
      );
    }
    if (!adoptsAnyName && name !== entry.name) {
      throw new RefusedError(
        `Cannot adopt ${what}: the account already has this public key as ${describeSshKey(entry)}, and the API cannot rename it. Set \`name\` to that name, or omit it.`,
      );
    }
    run.holders.claim(claim);
    // Another process may have begun to delete it at the same moment: then one of the two sees the other.
    if (run.holders.removalOf(claim.what)) {
      run.holders.release(claim);
      return this.adoptedUnlessRemoved(entry);
    }
    run.sshKeys.noteCreated(entry.id);
    return { state: { status: "adopted", ...this.outputs(entry), holder: claim.holder } };
  }

  private newHolder(): string {
    return `${this.request.owner}#${newMarker()}`;
  }

  private outputs({ id, name = this.request.name, createdAt = "", vmCount }: SshKeyRecord) {
    const { text: publicKey, fingerprint, type: keyType } = this.request.key;
    return { id, name, publicKey, fingerprint, keyType, createdAt, vmCount };
  }
}
