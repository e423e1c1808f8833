// Creating an SSH key: add it, or adopt the one that the account has, or say who is in the way.
import { ConfigurationError, ConflictError } from "../../errors";
import { sanitize } from "../../text/redact";
import type { SshKeyRecord } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import { bearsMark, drawMark, fillIn, isTemplate, markOf } from "../../text/auto-name";
import type { Context, Properties, State } from "../lifecycle";
import { rfc3339 } from "../api-key/mint";
import { parsePublicKey } from "./public-key";
import { createOnce } from "../create-once/create-once";
import { adoptionOf, claimOf, facts, fingerprintIs } from "./identity";
import { keepingTrack, unsweptFailure } from "../create-once/unresolved";

export async function createSshKey(inputs: Properties, context: Context): Promise<State> {
  const settled = {
    ...inputs,
    name: isTemplate(inputs.name, "name") ? fillIn(inputs.name) : String(inputs.name),
  };
  const key = parsePublicKey(String(inputs.publicKey));
  const what = `the SSH key ${JSON.stringify(settled.name)}`;
  const holder = context.claims.take(claimOf(key.text), settled.name);
  if (holder !== undefined) {
    throw new ConfigurationError(
      `Creating ${what} failed: the same public key (${key.fingerprint}) is declared twice; the resource named ${JSON.stringify(holder)} owns it.`,
    );
  }
  try {
    return await addOrAdopt({ inputs, settled, key, what }, context);
  } catch (error) {
    context.claims.release(claimOf(key.text));
    throw error;
  }
}

interface Adding {
  inputs: Properties;
  settled: Properties & { name: string };
  key: ReturnType<typeof parsePublicKey>;
  what: string;
}

async function addOrAdopt(adding: Adding, context: Context): Promise<State> {
  const { settled, key, what } = adding;
  const operation = context.client.operation(`Creating ${what}`);
  if (settled.adoptExisting === true) {
    const held = holderOf([...(await context.sshKeys.shared()).byId.values()], key.fingerprint);
    if (held) return adopt(held, adding, context);
  }
  const mark = bearsMark(settled.name, "name") ? markOf(settled.name) : drawMark();
  let adopted: State | undefined;
  let attempts = 0;
  /** What the looks after a lost attempt showed: none of it was made by an attempt that is only late. */
  const seen = new Set<string>();
  const list = async () => {
    const snapshot = await context.sshKeys.fresh(operation);
    for (const id of snapshot.byId.keys()) seen.add(id);
    return snapshot;
  };
  const attemptedAt = rfc3339(context.client.timing.now());
  const created = await keepingTrack(mark, { ...settled, attemptedAt }, () =>
    createOnce<SshKeyRecord, SshKeyRecord>(
      {
        what,
        post: async () => {
          attempts += 1;
          try {
            return await context.client.createSshKey({ name: settled.name, public_key: key.text }, operation);
          } catch (error) {
            if (!(error instanceof ConflictError)) throw error;
            // Absent after the first, lost attempt and here now under our name: that attempt was late, and this is its key.
            const isLate = (id: string): boolean => attempts > 1 && !seen.has(id);
            const held = await holderAfterConflict(adding, context, operation, error, isLate);
            if (isLate(held.id) && held.name === settled.name) return { value: held, serverTime: undefined };
            adopted = adopt(held, adding, context);
            return { value: held, serverTime: undefined };
          }
        },
        list,
        isKnown: context.sshKeys.knownBefore(),
        judge: (record, age) =>
          fingerprintIs(record, key.fingerprint) && record.name === settled.name && age === "since"
            ? "proven"
            : "foreign",
        remove: (id) => context.client.deleteSshKey(id, operation),
        keep: (record) => record,
      },
      context,
    ),
  );
  if (adopted) return adopted;
  return finish(created.value, created.unswept, adding, context, operation);
}

async function finish(
  record: SshKeyRecord,
  unswept: boolean,
  adding: Adding,
  context: Context,
  operation: Operation,
): Promise<State> {
  const { key, settled, what } = adding;
  if (record.fingerprint.startsWith("SHA256:") && !fingerprintIs(record, key.fingerprint)) {
    await context.client.deleteSshKey(record.id, operation);
    throw new ConfigurationError(
      `Creating ${what} failed: the API registered a key with the fingerprint ${sanitize(record.fingerprint)}, but this one has ${key.fingerprint}. The registered key was deleted.`,
    );
  }
  context.sshKeys.noteCreated(record.id);
  const outputs = {
    ...facts(record),
    name: settled.name,
    publicKey: key.text,
    fingerprint: key.fingerprint,
    keyType: key.type,
    adopted: false,
  };
  if (unswept) throw unsweptFailure(record.id, outputs, what);
  return { id: record.id, outputs };
}

/** After a 409: the key that is in the way, if the inputs allow to adopt it; else an error that names it. */
async function holderAfterConflict(
  adding: Adding,
  context: Context,
  operation: Operation,
  conflict: ConflictError,
  isLate: (id: string) => boolean,
): Promise<SshKeyRecord> {
  const { settled, key } = adding;
  let records: SshKeyRecord[];
  try {
    records = [...(await context.sshKeys.fresh(operation)).byId.values()];
  } catch {
    throw conflict;
  }
  const sameKey = holderOf(records, key.fingerprint);
  const ours = sameKey && isLate(sameKey.id) && sameKey.name === settled.name;
  if (sameKey && (ours || settled.adoptExisting === true)) return sameKey;
  if (sameKey) {
    throw conflictNaming(
      conflict,
      `the account has this public key already, as ${nameOf(sameKey)}. Set \`adoptExisting: true\` to take it over, or delete it there`,
    );
  }
  const sameName = records.find((record) => record.name === settled.name);
  throw sameName
    ? conflictNaming(
        conflict,
        `the name is taken by ${nameOf(sameName)}. Choose another \`name\`, or leave it out`,
      )
    : conflict;
}

/** Takes over a key that the account has. It is not ours, so it is never deleted with the resource. */
function adopt(held: SshKeyRecord, { inputs, key, what }: Adding, context: Context): State {
  if (!isTemplate(inputs.name, "name") && inputs.name !== held.name) {
    throw new ConfigurationError(
      `Adopting ${what} failed: the account has this public key already, as ${nameOf(held)}, and the API cannot rename it. Set \`name\` to that name, or leave it out.`,
    );
  }
  context.sshKeys.noteCreated(held.id);
  context.claims.take(adoptionOf(held.id), held.name);
  return {
    id: held.id,
    outputs: {
      ...facts(held),
      publicKey: key.text,
      fingerprint: key.fingerprint,
      keyType: key.type,
      adopted: true,
    },
  };
}

function conflictNaming(conflict: ConflictError, why: string): ConflictError {
  const { outcome, status, method, path, reason } = conflict;
  return new ConflictError({
    outcome,
    status,
    method,
    path,
    reason,
    message: `${conflict.message} In detail: ${why}.`,
  });
}

function nameOf(record: SshKeyRecord): string {
  return `${JSON.stringify(sanitize(record.name, [], 80))} (id ${record.id})`;
}

function holderOf(records: readonly SshKeyRecord[], fingerprint: string): SshKeyRecord | undefined {
  return records.find((record) => fingerprintIs(record, fingerprint));
}
