// What the account has and the state does not: `pulumi import`, the option `import`, `.get`; and what the program supplies afterwards.
import { ConfigurationError } from "../../errors";
import { isRotating } from "../../fields/classes";
import type { Run } from "../../lifecycle/run";
import { isSameKey } from "../../lifecycle/ssh-key/identity";
import { parsePublicKey, PublicKeyError } from "../../lifecycle/ssh-key/public-key";
import type { PublicKey } from "../../lifecycle/ssh-key/public-key";
import type { Properties } from "../../values";
import { without } from "../../values";
import { IMPORTED } from "./defaults";
import type { PluginResource, Urn } from "./urn";

export interface Imported {
  id: string;
  outputs: Properties;
  /** As a program would declare it. */
  inputs: Properties;
}

export async function lookUp(
  resource: PluginResource,
  id: string,
  context: Run,
): Promise<Imported | undefined> {
  if (resource.className === "SshKey") return lookUpSshKey(resource, id, context);
  if (resource.className === "SshKeySet") {
    throw new ConfigurationError(
      "An SshKeySet cannot be imported: the account does not know which keys belong together. Declare it with `adoptExisting: true` to adopt the keys that the account has.",
    );
  }
  if (isRotating(resource.className)) {
    throw new ConfigurationError(
      `A ${resource.className} cannot be imported: it makes and rotates keys of its own. ` +
        "Let it make its first key, and revoke the old one when nothing uses it any more.",
    );
  }
  const state = await resource.type.read(id, {}, context);
  if (!state) return undefined;
  const { scopes, description, service } = state.outputs;
  // `check` sorts the scopes as well; in another order they would be a change, and the imported token be revoked.
  const sorted = Array.isArray(scopes) ? [...new Set(scopes.map(String))].sort() : scopes;
  const outputs = { ...state.outputs, description: description ?? "", scopes: sorted };
  // A list that shows no scopes does not mean that there are none: the program has to say which.
  const listed = Array.isArray(sorted) && sorted.length > 0 ? { scopes: sorted } : {};
  const fixed = resource.className === "ServiceKey" ? { service } : listed;
  return { id: state.id, outputs, inputs: { ...fixed, ...imported("description", outputs.description) } };
}

function imported(input: string, found: unknown): Properties {
  return { [input]: found, [IMPORTED]: found };
}

const PUBLIC_KEY = /^\s*(ssh|ecdsa|sk)-\S*\s+\S/;

/** By its id, or by the public key itself: the API does not show it, and a program needs it. */
async function lookUpSshKey(
  resource: PluginResource,
  id: string,
  context: Run,
): Promise<Imported | undefined> {
  const key = PUBLIC_KEY.test(id) ? publicKeyGivenAsId(id) : undefined;
  const state = await resource.type.read(key ? await idOf(key, context) : id, {}, context);
  if (!state) return undefined;
  const known = key && { publicKey: key.text, fingerprint: key.fingerprint };
  return {
    id: state.id,
    outputs: { ...state.outputs, ...known },
    inputs: { ...imported("name", state.outputs.name), ...(key && { publicKey: key.text }) },
  };
}

function publicKeyGivenAsId(id: string): PublicKey {
  try {
    return parsePublicKey(id);
  } catch (error) {
    if (!(error instanceof PublicKeyError)) throw error;
    throw new ConfigurationError(
      `The id of the SshKey to import was taken for a public key: ${error.message}.`,
    );
  }
}

async function idOf(key: PublicKey, context: Run): Promise<string> {
  const { byId } = await context.sshKeys.shared();
  const held = [...byId.values()].find((record) => isSameKey(record, key.text) === true);
  if (held) return held.id;
  throw new ConfigurationError(
    `The account holds no SSH key with the fingerprint ${key.fingerprint}: there is nothing to import. Declare it without \`import\` to have it added.`,
  );
}

/**
 * The state with the resource that it is. The provider does not see that a key is imported a second time, under another name: by this, what one
 * of the two still declares is not deleted with the other. A state that knows its holder keeps it.
 */
export function withHolder({ className, urn }: PluginResource, olds: Properties): Properties {
  if (!HELD_SINGLY.has(className)) return olds;
  return { holder: holderOf(urn), ...olds };
}

/** Without what {@link withHolder} added, which no state needs to keep. */
export function withoutHolder({ urn }: PluginResource, outputs: Properties): Properties {
  return outputs.holder === holderOf(urn) ? without(outputs, "holder") : outputs;
}

const HELD_SINGLY = new Set(["SshKey", "ServiceKey", "PersonalAccessToken"]);

function holderOf({ project, stack, parents, type, name }: Urn): string {
  return `${project}/${stack}/${name}#${parents}${type}`;
}

/**
 * The state with what the program knows beyond it: an SSH key that was imported by its id is the one that the program declares if their
 * fingerprints are the same.
 */
export function completed({ className }: PluginResource, olds: Properties, inputs: Properties): Properties {
  if (className !== "SshKey" || olds.publicKey !== undefined || typeof inputs.publicKey !== "string")
    return olds;
  const { text, fingerprint } = parsePublicKey(inputs.publicKey);
  return fingerprint === olds.fingerprint ? { ...olds, publicKey: text } : olds;
}
