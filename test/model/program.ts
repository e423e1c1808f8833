// What the programs of the model declare: a slot for each kind of resource, in versions.
import type { Properties } from "../../src/values";
import { resources } from "../support/engine-resources";
import type { Declared } from "../support/story-stack";
import { publicKey } from "../support/public-key";

/** Before a `$`: the type of its parent. */
export const SLOTS = [
  "db",
  "ci",
  "named",
  "imported",
  "rot",
  "rotci",
  "ssh",
  "team",
  "Shop$sib",
  "Blog$sib",
  "Blog$named",
] as const;
export type Slot = (typeof SLOTS)[number];

/** Slots whose resource has a current and a previous key. */
export const ROTATING: readonly Slot[] = ["rot", "rotci", "Shop$sib", "Blog$sib"];

/** Slots that may be served by another provider process than the others. */
export const ELSEWHERE: readonly string[] = ["team", "imported", "moved-ssh", "Blog$sib", "Blog$named"];

/** The public key that somebody else has in the account. */
export const LAPTOP = "laptop";

/** What the program says of a slot. */
export interface Said {
  /** A change of it replaces or rotates. */
  version: number;
  /** A change of it is an update in place, or none. */
  setting: number;
  /** The stack that changed it last: SSH keys exist once in an account, so two stacks do not say the same unless one is a copy. */
  by: string;
  /** The option `ignoreChanges` names the input that versions change. */
  isIgnored: boolean;
  /** Its resource has another logical name, under which it takes the key over. */
  isMoved: boolean;
  /** Of a set: which public key each entry has. */
  entries: Record<string, string>;
}

export function newly(by: string): Said {
  return {
    ...{ version: 0, setting: 0, by, isIgnored: false, isMoved: false },
    entries: { anna: `${by} anna`, bjarne: `${by} bjarne` },
  };
}

/** The public key that an SshKey of this version has. */
export function sshMaterial({ by, version }: Said): string {
  return `${by} ssh ${version}`;
}

/** Slots that may move. */
export const MOVABLE = ["ssh", "imported"] as const;
const MOVED = "moved-";

/** The logical name of the resource in a slot. */
export function nameIn(slot: Slot, said: Said | undefined): string {
  return said?.isMoved === true ? MOVED + slot : slot;
}

/** The slot of a resource with this logical name. */
export function slotOf(name: string): string {
  return name.replace(MOVED, "");
}

/** The key that `imported` takes over. */
export interface Existing {
  id: string;
  key: string;
}

/** All stacks have the same logical names and the same explicit descriptions. */
export function declaredAs(slot: Slot, said: Said, stack: string, existing?: Existing): Declared {
  const { type, changing, inputs } = KINDS[slot];
  return {
    type,
    inputs: inputs(said, stack, existing),
    ...(said.isIgnored && { ignoreChanges: [changing] }),
  };
}

interface Kind {
  type: Declared["type"];
  /** The input that versions change. */
  changing: string;
  inputs: (said: Said, stack: string, existing?: Existing) => Properties;
}

const KINDS: Record<Slot, Kind> = {
  db: {
    type: resources.ServiceKey,
    changing: "rotationTriggers",
    inputs: ({ version }, stack) => ({
      service: version % 3 === 2 ? "dns" : "database",
      rotationTriggers: { version: String(version) },
      description: marked(stack, "db"),
    }),
  },
  ci: {
    type: resources.PersonalAccessToken,
    changing: "scopes",
    inputs: ({ version, setting }, stack) => ({
      scopes: ["a:read", `v${version}:read`],
      expiresInDays: 60,
      rotateBeforeDays: 10 + setting,
      description: marked(stack, "ci"),
    }),
  },
  named: named("named"),
  Blog$named: named("Blog$named"),
  Shop$sib: sibling(),
  Blog$sib: sibling(),
  imported: {
    type: resources.ServiceKey,
    changing: "existing",
    inputs: (said, stack, existing) => ({
      service: "database",
      description: marked(stack, nameIn("imported", said)),
      ...(existing && { existing, __owner: `test/${stack}/${nameIn("imported", said)}` }),
      ...(said.version > 0 && { rotationTriggers: { version: String(said.version) } }),
    }),
  },
  rot: {
    type: resources.RotatingServiceKey,
    changing: "rotateEveryDays",
    inputs: ({ version, setting }, stack) => ({
      service: version % 4 === 3 ? "dns" : "vps",
      // Two descriptions in turn: a run that fails may have been given another one than the next.
      description: `pulumi test/${stack}/rot${version % 2 === 1 ? " renamed" : ""}`,
      rotateEveryDays: 30 + setting,
      overlapDays: version % 3 === 0 ? 0 : 7,
      rotationTriggers: { incident: Math.floor(version / 2) },
      __owner: "",
    }),
  },
  rotci: {
    type: resources.RotatingPersonalAccessToken,
    changing: "rotationTriggers",
    inputs: ({ version, setting }, stack) => ({
      scopes: ["dns:read"],
      description: "tokens",
      expiresInDays: 90,
      rotateEveryDays: 30 + setting,
      overlapDays: 7,
      rotationTriggers: { incident: version },
      __owner: `test/${stack}/rotci`,
    }),
  },
  ssh: {
    type: resources.SshKey,
    changing: "publicKey",
    inputs: (said, stack) => ({
      publicKey: publicKey(sshMaterial(said)),
      name: "ssh-${hex(7)}",
      ...(said.setting % 2 === 1 && { adoptExisting: true, __owner: `test/${stack}/${nameIn("ssh", said)}` }),
    }),
  },
  team: {
    type: resources.SshKeySet,
    changing: "publicKeys",
    inputs: ({ version, setting, by, entries }) => ({
      publicKeys: Object.fromEntries(
        Object.entries(entries).map(([entry, material]) => [entry, publicKey(material)]),
      ),
      namePrefix: `${by}-${version}-`,
      adoptExisting: setting % 2 === 1,
    }),
  },
};

/** A service key with the same description in every stack, and under every parent. */
function named(slot: Slot): Kind {
  return {
    type: resources.ServiceKey,
    changing: "rotationTriggers",
    inputs: ({ version }, stack) => ({
      service: "storage",
      rotationTriggers: { version: String(version) },
      description: "shared",
      __owner: `test/${stack}/${slot}`,
    }),
  };
}

/** A rotating key with the default description of its logical name, which another one has as well. */
function sibling(): Kind {
  return {
    type: resources.RotatingServiceKey,
    changing: "rotationTriggers",
    inputs: ({ version }, stack) => ({
      service: "dns",
      description: `pulumi test/${stack}/sib`,
      rotateEveryDays: 30,
      overlapDays: 7,
      rotationTriggers: { incident: version },
      __owner: "",
    }),
  };
}

function marked(stack: string, name: string): string {
  return `pulumi test/${stack}/${name} #\${hex(7)}`;
}
