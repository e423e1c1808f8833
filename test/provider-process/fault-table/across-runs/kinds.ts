// The kinds of resource that the rows are about, as a program declares them: without descriptions or names.
import type { Emulator, Fault } from "../../../../src/emulator";
import { resources } from "../../../support/engine-resources";
import type { StoryStack } from "../../../support/story-stack";
import { publicKey } from "../../../support/public-key";

export const { ServiceKey, PersonalAccessToken, RotatingServiceKey, RotatingPersonalAccessToken, SshKey } =
  resources;

export const ROTATING = {
  rotatingServiceKey: [RotatingServiceKey, { service: "database", rotateEveryDays: 30, overlapDays: 7 }],
  rotatingPersonalAccessToken: [
    RotatingPersonalAccessToken,
    { scopes: ["dns:read"], rotateEveryDays: 30, overlapDays: 7 },
  ],
} as const;

export const API_KEY_KINDS = {
  serviceKey: [ServiceKey, { service: "database" }],
  personalAccessToken: [PersonalAccessToken, { scopes: ["dns:read"] }],
  ...ROTATING,
} as const;

/** One API key of every kind, named after it. */
export function declareApiKeys(stack: StoryStack, more: object = {}, prefix = ""): void {
  for (const [name, [type, inputs]] of Object.entries(API_KEY_KINDS)) {
    stack.declare(prefix + name, type, { ...inputs, ...more });
  }
}

export function declareSshKey(stack: StoryStack, name = "sshKey", more: object = {}): void {
  stack.declare(name, SshKey, { publicKey: publicKey(name), ...more });
}

/** The first answer to the creation of each resource of the program is lost, and whatever else is said here becomes of it. */
export function loseAnswers(
  { faults }: Emulator,
  stack: StoryStack,
  more: Fault[] = [],
  lost: Fault = {},
): void {
  for (const name of stack.program.keys()) {
    const contains = name.endsWith("sshKey") ? `"${name}-` : `/${name} `;
    faults.add({ method: "POST", contains, reset: true, commit: true, ...lost });
    faults.add(...more.map((fault) => ({ ...fault, method: "POST", contains })));
  }
}

/** One resource of every kind. */
export function declareAll(stack: StoryStack, prefix = ""): void {
  declareApiKeys(stack, {}, prefix);
  declareSshKey(stack, `${prefix}sshKey`);
}
