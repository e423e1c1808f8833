// The command `revoke`: revokes API keys or removes SSH keys by their ids.
import type { UnreadableEntry } from "../api/list";
import { kindOf, ownCredentials } from "../audit/findings";
import type { Managed } from "../audit/managed-keys";
import { ConfigurationError, errorMessage, RefusedError } from "../errors";
import { idKey, isSameId } from "../judge/presence";
import { Run } from "../lifecycle/run";
import { command, connect, CREDENTIAL, shownArgument, texts } from "./command";
import { checkId, managedIn } from "./files";
import { table } from "./table";
import type { Terminal } from "./terminal";

export const revoke = command({
  name: "revoke",
  operands: "ID...",
  summary: "revoke API keys or remove SSH keys, by their ids",
  about: `Revokes service keys and personal access tokens for good or, with --ssh-key, removes SSH keys from the account.
Shows the keys and asks for confirmation. Refuses keys that a given stack export holds, and the key that the command
itself is authenticated with. If it refuses one id, or the account does not list one, it revokes nothing.`,
  options: {
    "ssh-key": { type: "boolean", help: "the ids are those of SSH keys" },
    "stack-export": texts(
      "FILE",
      'refuse the keys of this output of `pulumi stack export`, "-" for standard input; repeatable',
    ),
    yes: { type: "boolean", short: "y", help: "do not ask for confirmation, as in CI" },
  },
  notes: [
    "Exit codes: 0 all keys were revoked, 2 at least one key was not revoked, or an error.",
    CREDENTIAL,
  ],
  async run({ "ssh-key": isSsh = false, "stack-export": files, yes = false }, operands, terminal) {
    const ids = [...new Set(operands.map((id) => checkId(id, "revoke")))];
    if (ids.length === 0) throw new ConfigurationError("revoke: give at least one id, as `audit` shows it.");
    const managed = await managedIn(files, terminal);
    const log = (line: string): void => terminal.err(`${line}\n`);
    const client = connect(terminal);
    const run = new Run(() => client, log);
    const keys = isSsh ? await sshKeysOf(run, ids) : await apiKeysOf(run, ids);
    if (managed) refuseHeld(ids, isSsh ? managed.sshKeys : managed.apiKeys);
    terminal.out(table(keys));
    if (!yes) await confirm(isSsh ? "Remove" : "Revoke", ids.length, terminal);
    return carryOut(ids, isSsh, run, terminal);
  },
});

function refusal(why: string): RefusedError {
  return new RefusedError(`Nothing was revoked: ${why}`);
}

async function apiKeysOf({ apiKeys, client }: Run, ids: readonly string[]): Promise<string[][]> {
  const list = await apiKeys.fresh();
  const keys = found(ids, list, "API key", "For SSH keys add --ssh-key.");
  const { apiKey: credential, apiKeySource } = client.connection;
  const own = ownCredentials([...list.byId.values()], credential);
  const refused = keys.find((key) => own.includes(key) || (own.length === 0 && !key.keyPrefix));
  if (refused) {
    const isSure = own.length === 1;
    throw refusal(
      `this command ${isSure ? "is" : "may be"} authenticated with the key ${refused.id} (from ${apiKeySource}). Use another credential to revoke it.`,
    );
  }
  const rows = keys.map((key) => {
    const { id, createdAt = "", lastUsedAt = "never", description = "" } = key;
    return [`${key.isActive ? "" : "inactive "}${kindOf(key)}`, id, createdAt, lastUsedAt, description];
  });
  return [["KIND", "ID", "CREATED", "LAST USED", "NAME"], ...rows];
}

async function sshKeysOf({ sshKeys }: Run, ids: readonly string[]): Promise<string[][]> {
  const keys = found(ids, await sshKeys.fresh(), "SSH key", "For API keys leave --ssh-key out.");
  const rows = keys.map(({ id, createdAt = "", vmCount, name = "" }) => {
    return ["SSH key", id, createdAt, `${vmCount} VPS`, name];
  });
  return [["KIND", "ID", "CREATED", "USED BY", "NAME"], ...rows];
}

/** The keys with these ids. @throws RefusedError with all ids that the list does not have. */
function found<T extends { id: string }>(
  ids: readonly string[],
  { byId, unreadable }: { byId: ReadonlyMap<string, T>; unreadable: readonly UnreadableEntry[] },
  label: string,
  hint: string,
): T[] {
  const keys = [...byId.values()].filter((key) => ids.some((id) => isSameId(id, key.id)));
  const missing = ids.filter((id) => !keys.some((key) => isSameId(id, key.id)));
  if (missing.length === 0) return keys;
  const what = missing.map((id) => {
    const isListed = unreadable.some((entry) => isSameId(entry.id ?? "", id));
    return `${shownArgument(id)}${isListed ? " (listed, but its entry cannot be read)" : ""}`;
  });
  throw refusal(`the account lists no ${label} with the id ${what.join(", ")}. ${hint}`);
}

/** @throws RefusedError for an id that a given stack holds, or may hold. */
function refuseHeld(ids: readonly string[], { byId, unreadable: [hidden] }: Managed): void {
  const held = ids.flatMap((id) => {
    const urn = byId.get(idKey(id))?.urn;
    return urn === undefined ? [] : [`${id} (${urn})`];
  });
  if (held.length > 0) {
    throw refusal(
      `a stack that you passed holds ${held.join(", ")}. Remove it from that program and run \`pulumi up\`.`,
    );
  }
  if (hidden) throw refusal(`${hidden.urn} may hold these keys, but ${hidden.why}.`);
}

async function confirm(verb: string, count: number, terminal: Terminal): Promise<void> {
  if (!terminal.ask) throw refusal("without a terminal to ask for confirmation, add --yes.");
  const keys = count === 1 ? "this key" : `these ${count} keys`;
  const answer = await terminal.ask(`${verb} ${keys} for good? [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw new RefusedError("Nothing was revoked.");
}

/** One after the other, so that what is printed is what has happened. */
async function carryOut(
  ids: readonly string[],
  isSsh: boolean,
  run: Run,
  terminal: Terminal,
): Promise<number> {
  const [done, doing, keys, label] = isSsh
    ? (["removed", "Removing", run.sshKeys, "SSH key"] as const)
    : (["revoked", "Revoking", run.apiKeys, "API key"] as const);
  let failed = false;
  for (const id of ids) {
    try {
      await keys.remove(id, `${doing} the ${label} ${id}`);
      terminal.out(`${done} ${id}\n`);
    } catch (error) {
      failed = true;
      terminal.err(`pulumi-wayscloud: ${errorMessage(error)}\n`);
    }
  }
  return failed ? 2 : 0;
}
