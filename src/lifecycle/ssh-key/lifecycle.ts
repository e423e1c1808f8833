// The life of an SSH key: identity is the key material and the name; nothing about it is secret, so a lost answer loses nothing.
import { NotFoundError } from "../../errors";
import { pathSegment } from "../../api/path-segment";
import { parseApiTime } from "../../api/timing";
import { drawMark, bearsMark, isTemplate } from "../../text/auto-name";
import { InputCheck, same, without } from "../inputs";
import type { Context, Diff, Lifecycle, Properties } from "../lifecycle";
import { parsePublicKey, PublicKeyError } from "./public-key";
import { createSshKey } from "./create";
import { adoptionOf, claimOf, facts, fingerprintIs, sameMaterial } from "./identity";
import { diffOfUnresolved, isUnresolved } from "../create-once/unresolved";

export const sshKey: Lifecycle = {
  check(olds, news) {
    const check = new InputCheck(news, ["publicKey", "name", "adoptExisting"]);
    checkPublicKey(check, news);
    check.flag("adoptExisting");
    const renew = olds.publicKey !== undefined && !sameMaterial(olds.publicKey, check.inputs.publicKey);
    check.auto("name", olds, { adopting: check.inputs.adoptExisting === true, renew });
    checkName(check);
    return check.result();
  },
  diff: (id, olds, news) => diffOfUnresolved(id, olds, () => diffSshKey(olds, news)),
  create: createSshKey,
  async read(id, olds, context) {
    if (isUnresolved(id)) return { id, outputs: olds };
    pathSegment(id);
    const record = await context.sshKeys.find(id);
    if (olds.createdAt !== undefined) return record && { id, outputs: { ...olds, vmCount: record.vmCount } };
    if (record) return { id, outputs: { ...facts(record), adopted: false } };
    throw new NotFoundError({
      message: `There is no SSH key with the id ${id}: the account does not hold it.`,
      outcome: "rejected",
    });
  },
  async update(id, olds, _news, context) {
    if (olds.unresolved === true) await removeMarked(olds, context, id);
    return without(olds, "unresolved");
  },
  async delete(id, olds, context) {
    if (olds.unresolved === true) await removeMarked(olds, context);
    if (olds.adopted !== true && context.claims.holder(adoptionOf(id)) !== undefined) {
      context.log(`The SSH key ${id} stays: another resource of this run has taken it over.`);
      return;
    }
    if (!isUnresolved(id) && olds.adopted !== true) {
      await context.client.deleteSshKey(id, context.client.operation(`Deleting the SSH key ${id}`));
    }
    context.claims.release(claimOf(String(olds.publicKey)));
  },
};

function checkPublicKey(check: InputCheck, news: Properties): void {
  if (!check.required("publicKey", "an OpenSSH public key, such as the content of id_ed25519.pub")) return;
  if (typeof news.publicKey !== "string") {
    check.text("publicKey");
    return;
  }
  try {
    check.inputs.publicKey = parsePublicKey(news.publicKey).text;
  } catch (error) {
    if (!(error instanceof PublicKeyError)) throw error;
    // The engine prints the value of the property that a failure names.
    check.fail(error.secret ? "" : "publicKey", `\`publicKey\` was refused: ${error.message}`);
  }
}

function checkName(check: InputCheck): void {
  // The constructor always passes a name or a template for one.
  check.inputs.name ??= `ssh-key-${drawMark()}`;
  const { name } = check.inputs;
  if (typeof name !== "string") return;
  if (name.trim() === "") check.fail("name", "`name` must not be empty; leave it out to have one made up");
  else if (/[\u0000-\u001f\u007f-\u009f]/.test(name) || !name.isWellFormed()) {
    check.fail("name", "`name` must not contain line breaks, control characters or broken Unicode");
  }
}

function diffSshKey(olds: Properties, news: Properties): Diff {
  const sameKey = sameMaterial(olds.publicKey, news.publicKey);
  // A template is kept only where the key may have a name of its own, whatever that is.
  const sameName = isTemplate(news.name, "name") || same(olds.name, news.name);
  const replaces = [...(sameKey ? [] : ["publicKey"]), ...(sameName ? [] : ["name"])];
  // The API refuses a second key of the same name or material, so the old one has to go first; else there is no gap.
  return {
    changes: replaces.length > 0,
    replaces,
    deleteBeforeReplace: replaces.length > 0 && (sameKey || same(olds.name, news.name)),
  };
}

/** Clocks may differ by this much before a key that the attempt made is taken for an older one. */
const CLOCKS_DIFFER_MS = 300_000;

/** Removes whatever a creation that was not cleared up may have left, but for `except`. */
async function removeMarked(olds: Properties, context: Context, except?: string): Promise<void> {
  const { fingerprint } = parsePublicKey(String(olds.publicKey));
  // A name that the program chose proves nothing about a key that was there before the attempt.
  const since = bearsMark(olds.name, "name") ? 0 : Date.parse(String(olds.attemptedAt)) - CLOCKS_DIFFER_MS;
  const operation = context.client.operation(`Clearing up the SSH key ${JSON.stringify(olds.name)}`);
  for (const record of (await context.sshKeys.fresh(operation)).byId.values()) {
    if (record.id === except || record.name !== olds.name || !fingerprintIs(record, fingerprint)) continue;
    if (since === 0 || parseApiTime(record.createdAt) >= since) {
      await context.client.deleteSshKey(record.id, operation);
    } else {
      context.log(`${operation.title}: ${record.id} was there before the attempt and stays.`);
    }
  }
}
