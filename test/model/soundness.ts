// What must hold whenever nothing is under way: the invariants of every history.
import { isNamed } from "../support/story-account";
import { idsOf } from "../support/story";
import type { Held, Pending } from "../support/story";
import { successorMark } from "./model-stack";
import type { ModelStack } from "./model-stack";
import { ROTATING } from "./program";
import { adoptedBy, calledLive } from "./world";
import type { Live, World } from "./world";

/** What is wrong, in words. Remembers what it learns of adopted keys, and of those that the last run named to the user. */
export function problemsOf(world: World): string[] {
  for (const stack of world.stacks) {
    for (const held of stack.state.values()) for (const id of adoptedBy(held)) world.adopted.add(id);
  }
  const live = world.live();
  const ids = new Set(live.map(({ id }) => id));
  return [
    ...[...world.foreign].filter((id) => !ids.has(id)).map((id) => `foreign key ${id} was touched`),
    ...live.flatMap((key) => problemsOfKey(world, key)),
    ...world.stacks.flatMap((stack) => [
      ...deadKeys(world, stack, ids),
      ...wrongSecrets(world, stack),
      ...rotatingKeys(world, stack, live),
      ...stack.problems,
    ]),
    ...spokenSecrets(world),
  ];
}

/** A live key is somebody else's, or in a state, or known by its marker, or was named to the user where nothing can be proved. */
function problemsOfKey(world: World, key: Live): string[] {
  const { id } = key;
  if (world.foreign.has(id)) return [];
  const owners = world.stacks.filter((stack) => stack.owns(id));
  // By a clock that was set back, an SSH key of that name and material is the work of a later attempt.
  if (owners.length > 1 && world.hasJumped && key.name !== undefined) world.shared.add(id);
  if (owners.length > 1 && !world.shared.has(id) && !world.adopted.has(id))
    return [`${id} is in the state of ${owners.map(({ name }) => name).join(" and ")}`];
  if (owners.length > 0 || mayBeLeft(world, key) || world.stacks.some((stack) => names(world, stack, key)))
    return [];
  return [`nobody knows ${id} (${String(key.description ?? key.name)})`];
}

/** May this key be in no state? It was somebody's to begin with, or it was named to the user in the run that left it. */
export function mayBeLeft(world: World, key: Live): boolean {
  if (world.adopted.has(key.id) || world.isImported(key.id) || world.told.has(key.id)) return true;
  const isProved = /( #|^ssh-)[0-9a-f]{7}$/.test(key.name ?? key.description ?? "");
  if (isProved && !world.hasJumped && !world.isSpelled) return false;
  // Without a marker only its age tells a lost key from older ones.
  const isTold = (!isProved && world.hasJumped) || world.stacks.some(({ spoken }) => isNamed(key.id, spoken));
  if (isTold) world.told.add(key.id);
  return isTold;
}

/** Does a state, or what the engine shows of a killed run, name this key? */
export function names(world: World, stack: ModelStack, key: Live): boolean {
  const held = [...stack.state.values(), ...stack.marked];
  return isPending(world, stack, key) || held.some((each) => isNamedBy(each, key, world.isAltered));
}

/** Does a pending operation name this key? */
export function isPending(world: World, { pending }: ModelStack, key: Live): boolean {
  return pending.some((each) => isOf(each, key, world.isAltered));
}

function isOf({ name, inputs }: Pending, key: Live, isAltered: boolean): boolean {
  // Where a key may be adopted, the name is chosen after `check`; the public key tells, and the next `up` adopts it.
  const isChosenLater = typeof inputs.name === "string" && inputs.name.startsWith("ssh-${");
  if (name === "ssh")
    return inputs.name === key.name || (isChosenLater && /^ssh-[0-9a-f]{7}$/.test(key.name ?? ""));
  if (name === "team") return entryNames(inputs).includes(key.name ?? "");
  if (key.name !== undefined) return false;
  const description = String(inputs.description);
  if (isRotating(name)) return isSent(`${description} #`, key, isAltered, true);
  return isSent(description, key, isAltered);
}

function entryNames({ publicKeys, namePrefix }: Held["inputs"]): string[] {
  return Object.keys(publicKeys as object).map((entry) => `${String(namePrefix)}${entry}`);
}

/** Is this what the API has made of that description? */
function isSent(sent: string, { description }: Live, isAltered: boolean, isBeginning = false): boolean {
  const [ours, theirs] = [normalized(sent), normalized(description)];
  if (isAltered && ours.startsWith(theirs)) return true;
  return isBeginning ? theirs.startsWith(ours) : theirs === ours;
}

function normalized(description: string | null | undefined): string {
  return (description ?? "").trim().toLowerCase();
}

function isNamedBy(held: Held, key: Live, isAltered: boolean): boolean {
  const { name, outputs } = held;
  const isUnresolved = outputs.unresolved !== undefined && outputs.unresolved !== false;
  if (name === "team") {
    const lost = (isUnresolved ? outputs.unresolved : {}) as Record<string, { name: string }>;
    return Object.values(lost).some((each) => each.name === key.name);
  }
  if (name === "ssh") return isUnresolved && outputs.name === key.name;
  if (key.name !== undefined) return false;
  if (isUnresolved && isSent(String(outputs.description), key, isAltered)) return true;
  if (!isRotating(name)) return false;
  const marks = [
    ...(isUnresolved ? [String(outputs.unresolvedMark), String(outputs.lostDescription).slice(-7)] : []),
    successorMark(held),
  ];
  return marks.some((mark) => normalized(key.description).endsWith(` #${mark}`));
}

function isRotating(name: string): boolean {
  return ROTATING.some((slot) => slot === name);
}

/** Keys that a state calls live, though they were revoked by us. */
function deadKeys(world: World, stack: ModelStack, live: Set<string>): string[] {
  return [...stack.state.values()].flatMap((held) =>
    calledLive(held)
      .filter((id) => !live.has(id) && !isExcused(world, stack, held, id))
      .map((id) => `${stack.name}: ${held.name}'s key ${id} was revoked`),
  );
}

/** Was it revoked by hand, by its expiry, by what its user has asked for, or by the user of a stack that holds it as well? */
function isExcused(world: World, stack: ModelStack, held: Held, id: string): boolean {
  if (world.removedByHand.has(id) || stack.condemned.has(id) || hasEnded(world, id)) return true;
  const isAnothersToo = world.shared.has(id) || adoptedBy(held).includes(id);
  return world.stacks.some(
    (other) =>
      other !== stack &&
      (other.takenAlong.has(id) || (isAnothersToo && (other.condemned.has(id) || other.retired.has(id)))),
  );
}

function hasEnded({ account }: World, id: string): boolean {
  const key = account.emulator.account.apiKeys().find((each) => each.id === id);
  return typeof key?.expiresAt === "number" && key.expiresAt <= account.timing.server();
}

function wrongSecrets({ account }: World, stack: ModelStack): string[] {
  const secrets = new Map(account.emulator.account.apiKeys().map(({ id, key }) => [id, key]));
  return [...stack.state.values()].flatMap((held) => {
    const secret = secrets.get(idsOf(held)[0] ?? "");
    const isWrong = secret !== undefined && held.outputs.key !== secret;
    return isWrong ? [`${stack.name}: not the key of ${held.name}`] : [];
  });
}

/** Two live keys at most, and never without the one that the consumers hold. */
function rotatingKeys(world: World, stack: ModelStack, live: Live[]): string[] {
  const replaced = stack.marked.flatMap(idsOf);
  // A killed creation leaves one more, until the recovery.
  const isCut = stack.pending.some(({ name, operation }) => name === "rot" && operation === "creating");
  const ours = live.filter(
    ({ id, description }) =>
      stack.names.some((name) => description?.startsWith(`pulumi test/${name}/rot`)) &&
      !world.foreign.has(id) &&
      !world.told.has(id) &&
      !replaced.includes(id),
  );
  const many = ours.length > 2 && !isCut ? [`${stack.name}: ${ours.length} live keys of rot`] : [];
  const gone = [...stack.handed].flatMap(([slot, id]) => {
    const held = stack.state.get(slot);
    const isGone = held && !live.some((key) => key.id === id) && !isExcused(world, stack, held, id);
    return isGone ? [`${stack.name}: the consumers' key ${id} of ${slot} was revoked`] : [];
  });
  return [...many, ...gone];
}

/** No secret in what was said, and none in the state but where the engine encrypts it. */
function spokenSecrets({ account, stacks }: World): string[] {
  const { emulator } = account;
  const secrets = [emulator.apiKey, ...emulator.account.apiKeys().map(({ key }) => key)];
  return stacks.flatMap((stack) => {
    const plain = JSON.stringify([...stack.state.values(), ...stack.marked], (name, value: unknown) =>
      name === "key" || name === "previousKey" || name === "type" ? undefined : value,
    );
    const leaked = secrets.filter((secret) => stack.spoken.includes(secret) || plain.includes(secret));
    return leaked.map(() => `${stack.name}: a secret in clear`);
  });
}
