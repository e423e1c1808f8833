// What must hold whenever nothing is under way: the invariants of every history.
import { isNamed } from "../support/story-account";
import { idsOf } from "../support/story-stack";
import type { Held, Pending } from "../support/story-stack";
import { successorMark } from "./model-stack";
import type { ModelStack } from "./model-stack";
import { ROTATING, slotOf } from "./program";
import { adoptedBy, calledLive } from "./model-account";
import type { Live, ModelAccount } from "./model-account";

/** What is wrong, in words. Remembers what it learns of adopted keys, and of those that the last run named to the user. */
export function problemsOf(model: ModelAccount): string[] {
  for (const stack of model.stacks) {
    for (const held of stack.state.values()) for (const id of adoptedBy(held)) model.adopted.add(id);
  }
  const live = model.live();
  const ids = new Set(live.map(({ id }) => id));
  return [
    ...[...model.foreign].filter((id) => !ids.has(id)).map((id) => `foreign key ${id} was touched`),
    ...live.flatMap((key) => problemsOfKey(model, key)),
    ...model.stacks.flatMap((stack) => [
      ...deadKeys(model, stack, ids),
      ...wrongSecrets(model, stack),
      ...rotatingKeys(model, stack, live),
      ...stack.problems,
    ]),
    ...spokenSecrets(model),
  ];
}

/** A live key is somebody else's, or in a state, or known by its marker, or was named to the user where nothing can be proved. */
function problemsOfKey(model: ModelAccount, key: Live): string[] {
  const { id } = key;
  if (model.foreign.has(id)) return [];
  const owners = model.stacks.filter((stack) => stack.owns(id));
  // By a clock that was set back, an SSH key of that name and material is the work of a later attempt.
  if (owners.length > 1 && model.hasJumped && key.name !== undefined) model.shared.add(id);
  if (owners.length > 1 && !model.shared.has(id) && !model.adopted.has(id))
    return [`${id} is in the state of ${owners.map(({ name }) => name).join(" and ")}`];
  if (owners.length > 0 || mayBeLeft(model, key) || model.stacks.some((stack) => names(model, stack, key)))
    return [];
  return [`nobody knows ${id} (${String(key.description ?? key.name)})`];
}

/** May this key be in no state? It was somebody's to begin with, or it was named to the user in the run that left it. */
export function mayBeLeft(model: ModelAccount, key: Live): boolean {
  if (model.adopted.has(key.id) || model.isImported(key.id) || model.told.has(key.id)) return true;
  const isProved = /( #|^ssh-)[0-9a-f]{7}$/.test(key.name ?? key.description ?? "");
  if (isProved && !model.hasJumped && !model.isSpelled) return false;
  // Without a marker only its age tells a lost key from older ones.
  const isTold = (!isProved && model.hasJumped) || model.stacks.some(({ spoken }) => isNamed(key.id, spoken));
  if (isTold) model.told.add(key.id);
  return isTold;
}

/** Does a state, or what the engine shows of a killed run, name this key? */
export function names(model: ModelAccount, stack: ModelStack, key: Live): boolean {
  const held = [...stack.state.values(), ...stack.marked];
  return isPending(model, stack, key) || held.some((each) => isNamedBy(each, key, model.isAltered));
}

/** Does a pending operation name this key? */
export function isPending(model: ModelAccount, { pending }: ModelStack, key: Live): boolean {
  return pending.some((each) => isOf(each, key, model.isAltered));
}

function isOf({ name, inputs }: Pending, key: Live, isAltered: boolean): boolean {
  // Where a key may be adopted, the name is chosen after `check`; the public key tells, and the next `up` adopts it.
  const isChosenLater = typeof inputs.name === "string" && inputs.name.startsWith("ssh-${");
  if (slotOf(name) === "ssh")
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
  if (slotOf(name) === "ssh") return isUnresolved && outputs.name === key.name;
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
function deadKeys(model: ModelAccount, stack: ModelStack, live: Set<string>): string[] {
  return [...stack.state.values()].flatMap((held) =>
    calledLive(held)
      .filter((id) => !live.has(id) && !isExcused(model, stack, held, id))
      .map((id) => `${stack.name}: ${held.name}'s key ${id} was revoked`),
  );
}

/** Was it revoked by hand, by its expiry, by what its user has asked for, or by the user of a stack that holds it as well? */
function isExcused(model: ModelAccount, stack: ModelStack, held: Held, id: string): boolean {
  if (model.removedByHand.has(id) || stack.condemned.has(id) || hasEnded(model, id)) return true;
  const isAnothersToo = model.shared.has(id) || adoptedBy(held).includes(id);
  return model.stacks.some(
    (other) =>
      other !== stack &&
      (other.takenAlong.has(id) || (isAnothersToo && (other.condemned.has(id) || other.retired.has(id)))),
  );
}

function hasEnded({ account }: ModelAccount, id: string): boolean {
  const key = account.emulator.account.apiKeys().find((each) => each.id === id);
  return typeof key?.expiresAt === "number" && key.expiresAt <= account.timing.server();
}

function wrongSecrets({ account }: ModelAccount, stack: ModelStack): string[] {
  const secrets = new Map(account.emulator.account.apiKeys().map(({ id, key }) => [id, key]));
  return [...stack.state.values()].flatMap((held) => {
    const secret = secrets.get(idsOf(held)[0] ?? "");
    const isWrong = secret !== undefined && held.outputs.key !== secret;
    return isWrong ? [`${stack.name}: not the key of ${held.name}`] : [];
  });
}

/** Two live keys at most, and never without the one that the consumers hold. */
function rotatingKeys(model: ModelAccount, stack: ModelStack, live: Live[]): string[] {
  const replaced = stack.marked.flatMap(idsOf);
  // A killed creation leaves one more, until the recovery.
  const isCut = stack.pending.some(({ name, operation }) => name === "rot" && operation === "creating");
  const ours = live.filter(
    ({ id, description }) =>
      stack.names.some((name) => description?.startsWith(`pulumi test/${name}/rot`)) &&
      !model.foreign.has(id) &&
      !model.told.has(id) &&
      !replaced.includes(id),
  );
  const many = ours.length > 2 && !isCut ? [`${stack.name}: ${ours.length} live keys of rot`] : [];
  const gone = [...stack.handed].flatMap(([slot, id]) => {
    const held = stack.state.get(slot);
    const isGone = held && !live.some((key) => key.id === id) && !isExcused(model, stack, held, id);
    return isGone ? [`${stack.name}: the consumers' key ${id} of ${slot} was revoked`] : [];
  });
  return [...many, ...gone];
}

/** No secret in what was said, and none in the state but where the engine encrypts it. */
function spokenSecrets({ account, stacks }: ModelAccount): string[] {
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
