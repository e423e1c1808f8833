// Existing keys: `pulumi import`, the option `import`, `.get`; and the program's additions afterwards.
import { ConfigurationError, NotFoundError } from "../../errors";
import { normalized } from "../../fields/api-key";
import { classes } from "../../fields/classes";
import type { ResourceClass } from "../../fields/classes";
import type { Run } from "../../lifecycle/run";
import { listedAs } from "../../lifecycle/ssh-key/identity";
import { parsePublicKey, PublicKeyError } from "../../lifecycle/ssh-key/public-key";
import type { PublicKey } from "../../lifecycle/ssh-key/public-key";
import { capitalize } from "../../text/quote";
import { without } from "../../values";
import type { Properties } from "../../values";
import type { EncodedState } from "../resource-type";
import { IMPORTED } from "./generated-names";
import type { PluginResource } from "./urn";

export interface Imported extends EncodedState {
  /** The inputs that a program would declare. */
  inputs: Properties;
}

export async function lookUp(resource: PluginResource, id: string, run: Run): Promise<Imported | undefined> {
  const { importInstead, several }: ResourceClass = classes[resource.className];
  if (several !== undefined) {
    throw new ConfigurationError(
      `${capitalize(several)} cannot be imported: none of its keys has its id. ${importInstead}.`,
    );
  }
  if (resource.className === "SshKey") return lookUpSshKey(resource, id, run);
  const state = await resource.type.read(id, {}, run);
  if (!state) return undefined;
  const { scopes, description, service } = state.outputs;
  // `check` sorts the scopes as well. Another order would be a change, which would revoke the imported token.
  const sorted = Array.isArray(scopes) ? normalized(scopes.map(String)) : scopes;
  const outputs = { ...state.outputs, description: description ?? "", scopes: sorted };
  // A list without scopes does not mean that the token has none: the program has to declare them.
  const listed = Array.isArray(sorted) && sorted.length > 0 ? { scopes: sorted } : {};
  const fixed = resource.className === "ServiceKey" ? { service } : listed;
  return { id: state.id, outputs, inputs: { ...fixed, ...imported("description", outputs.description) } };
}

function imported(input: string, found: unknown): Properties {
  return { [input]: found, [IMPORTED]: found };
}

const PUBLIC_KEY = /^\s*(ssh|ecdsa|sk)-\S*\s+\S/;

/** By its id, or by the public key itself, which the API does not show and a program needs. */
async function lookUpSshKey(resource: PluginResource, id: string, run: Run): Promise<Imported | undefined> {
  const key = PUBLIC_KEY.test(id) ? publicKeyGivenAsId(id) : undefined;
  const state = await resource.type.read(key ? await idOf(key, run) : id, {}, run);
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
      `The id of the SshKey to import looks like a public key, but cannot be used: ${error.message}`,
    );
  }
}

async function idOf(key: PublicKey, run: Run): Promise<string> {
  const held = await listedAs(key.text, run);
  if (held) return held.id;
  throw new NotFoundError({
    outcome: "rejected",
    message: `The account has no SSH key with the fingerprint ${key.fingerprint}, so there is nothing to import. Declare it without \`import\` to add it.`,
  });
}

/**
 * Adds the resource's identity to its state, unless it has one. If a key is imported under two names,
 * deleting one import then does not delete the key of the other.
 */
export function withHolder(resource: PluginResource, olds: Properties): Properties {
  const holder = holderOf(resource);
  return holder === "" ? olds : { holder, ...olds };
}

/** Removes the addition of {@link withHolder}, which no state needs to keep. */
export function withoutHolder(resource: PluginResource, outputs: Properties): Properties {
  return outputs.holder === holderOf(resource) ? without(outputs, "holder") : outputs;
}

/** Empty for a resource that holds several keys. */
export function holderOf({ className, urn }: PluginResource): string {
  const { project, stack, parents, type, name } = urn;
  return "several" in classes[className] ? "" : `${project}/${stack}/${name}#${parents}${type}`;
}

/**
 * Completes the state from the program: an SSH key that was imported by its id is the declared key if the
 * fingerprints are equal.
 */
export function completed({ className }: PluginResource, olds: Properties, inputs: Properties): Properties {
  if (className !== "SshKey" || olds.publicKey !== undefined || typeof inputs.publicKey !== "string")
    return olds;
  const { text, fingerprint } = parsePublicKey(inputs.publicKey);
  return fingerprint === olds.fingerprint ? { ...olds, publicKey: text } : olds;
}
