// The resource classes: inputs, outputs and defaults of each, and the way to take over an existing key.
import { autoNameTemplate } from "../text/auto-name";
import type { Properties } from "../values";
import * as apiKey from "./api-key";
import * as sshKey from "./ssh-key";

/** The resource, from its URN. */
export interface Owner {
  project: string;
  stack: string;
  /** The types of its parents, each followed by `$`: only with other parents may two names be the same. */
  parents: string;
  name: string;
}

/** Generates names and descriptions. `found`: the value of an import, which takes precedence. */
export interface Generation {
  isPreview: boolean;
  found?: unknown;
}

export interface ResourceClass {
  inputs: object;
  outputs: object;
  /** The inputs with generated names and descriptions. */
  withDefaults(given: Properties, owner: Owner, generation: Generation): Properties;
  /** The advice instead of the `import` option. */
  importInstead: string;
  /** Its kind in messages, if it holds several keys: none of their ids is its own. */
  several?: string;
}

/**
 * Private input: the resource and its stack, if no description or name says so. It shows the owner of a key
 * that was handed over, or copied with a stack's state.
 */
function ownerInput({ project, stack, parents, name }: Owner): Properties {
  return { __owner: `${project}/${stack}/${parents}${name}` };
}

/** The description contains the owner; each key of a rotating resource adds its own marker. */
function ownerDescription({ project, stack, name }: Owner): string {
  return `pulumi ${project}/${stack}/${name}`;
}

const singleKey = {
  withDefaults(given, owner, { isPreview, found }) {
    const generated = autoNameTemplate(`${ownerDescription(owner)} #`, isPreview);
    const isSaid = given.existing === undefined && given.description === undefined;
    return {
      ...given,
      description: given.description ?? found ?? generated,
      ...(isSaid ? {} : ownerInput(owner)),
    };
  },
} satisfies Partial<ResourceClass>;

const rotatingKey = {
  withDefaults(given, owner) {
    // The default description has everything about the owner except its parents.
    const isSaid = given.description === undefined && owner.parents === "";
    const description = given.description ?? ownerDescription(owner);
    return { ...given, description, ...(isSaid ? {} : ownerInput(owner)) };
  },
  importInstead: "Let the resource create its own key, and revoke the old one once nothing uses it",
  several: "a rotating key",
} satisfies Partial<ResourceClass>;

/** By name. */
export const classes = {
  SshKey: {
    inputs: sshKey.sshKeyInputs,
    outputs: sshKey.sshKeyOutputs,
    withDefaults(given, owner, { isPreview, found }) {
      const adopts = given.adoptExisting !== undefined && given.adoptExisting !== false;
      const name = given.name ?? found ?? autoNameTemplate(`${owner.name}-`, isPreview);
      return { ...given, name, ...(adopts && ownerInput(owner)) };
    },
    importInstead: "Declare it with `adoptExisting: true` instead to adopt the key that the account has",
  },
  SshKeySet: {
    inputs: sshKey.sshKeySetInputs,
    outputs: sshKey.sshKeySetOutputs,
    withDefaults: (given, owner) => ({
      ...given,
      namePrefix: given.namePrefix ?? `${owner.name}-`,
      ...ownerInput(owner),
    }),
    importInstead: "Declare it with `adoptExisting: true` instead to adopt the keys that the account has",
    several: "a set of keys",
  },
  ServiceKey: {
    ...singleKey,
    inputs: apiKey.serviceKeyInputs,
    outputs: apiKey.serviceKeyOutputs,
    importInstead: "Pass `existing: { id, key }` instead to import the key",
  },
  PersonalAccessToken: {
    ...singleKey,
    inputs: apiKey.tokenInputs,
    outputs: apiKey.tokenOutputs,
    importInstead: "Pass `existing: { id, key }` instead to import the token",
  },
  RotatingServiceKey: {
    ...rotatingKey,
    inputs: { ...apiKey.serviceSpec, ...apiKey.rotatingKeyInputs },
    outputs: { ...apiKey.serviceSpec, ...apiKey.rotatingKeyOutputs },
  },
  RotatingPersonalAccessToken: {
    ...rotatingKey,
    inputs: { ...apiKey.tokenSpec, ...apiKey.rotatingKeyInputs },
    outputs: { ...apiKey.tokenSpec, ...apiKey.rotatingKeyOutputs, ...apiKey.expiry },
  },
} satisfies Record<string, ResourceClass>;

export type ClassName = keyof typeof classes;

/** The class of a type token, of the dynamic classes or of the first-class provider. */
export function classOf(type: string): ClassName | undefined {
  const [, name = ""] =
    /^(?:pulumi-nodejs:dynamic\/wayscloud|wayscloud-account:index):(\w+)$/.exec(type) ?? [];
  return Object.keys(classes).find((each): each is ClassName => each === name);
}

export function isRotating(className: ClassName): boolean {
  return "rotateEveryDays" in classes[className].inputs;
}
