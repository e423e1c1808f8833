// What a rotating key's state says: its times, its marks, its outputs.
import { createHash } from "node:crypto";

import type { KeyKind } from "../api-key/kind";
import { same } from "../inputs";
import { UNKNOWN } from "../lifecycle";
import type { Properties } from "../lifecycle";
import { rfc3339 } from "../api-key/mint";
import type { Minted } from "../api-key/mint";

export const DAY_MS = 86_400_000;
/** What is known of the predecessor. */
export const PREVIOUS = ["previousKey", "previousKeyId", "previousKeyPrefix", "retireAt"];

export interface RotatingKind {
  kind: KeyKind;
  identity: readonly string[];
  rotating: readonly string[];
}

/** Is it time for a successor, or do the inputs ask for another key? */
export function rotationDue(life: RotatingKind, olds: Properties, news: Properties, now: number): boolean {
  return (
    past(schedule(news, olds).nextRotationAt, now) ||
    past(olds.expiresAt, now) ||
    olds.isActive !== true ||
    life.rotating.some((name) => !same(olds[name], news[name]))
  );
}

export function past(at: unknown, now: number): boolean {
  return typeof at === "string" && Date.parse(at) <= now;
}

export function schedule(news: Properties, facts: Properties): { nextRotationAt: unknown } {
  const { rotateEveryDays } = news;
  if (rotateEveryDays === UNKNOWN) return { nextRotationAt: UNKNOWN };
  return { nextRotationAt: rfc3339(Date.parse(text(facts.rotatedAt)) + Number(rotateEveryDays) * DAY_MS) };
}

/** The inputs as they are sent for one key: the description with that key's mark. */
export function marked(inputs: Properties, mark: string): Properties {
  return { ...inputs, description: `${text(inputs.description)} #${mark}` };
}

/** The successor's mark follows from the key before it, so that a run after a crash knows what the crashed one may have made. */
export function successorMark(keyId: unknown): string {
  return createHash("sha256")
    .update(`successor of ${text(keyId)}`)
    .digest("hex")
    .slice(0, 7);
}

export function outputsOf(life: RotatingKind, inputs: Properties, minted: Minted): Properties {
  const { id: keyId, shown, createdAt } = minted;
  const facts = life.kind.facts(inputs, createdAt);
  return {
    ...Object.fromEntries(life.rotating.map((name) => [name, inputs[name]])),
    ...shown,
    ...facts,
    ...settings(inputs, { rotatedAt: createdAt }),
    keyId,
    isActive: true,
    rotatedAt: createdAt,
  };
}

export function settings(inputs: Properties, facts: Properties): Properties {
  const { overlapDays, holdWhileUsed } = inputs;
  return { ...schedule(inputs, facts), overlapDays, holdWhileUsed };
}

/** A text of the state; empty if it is absent. */
export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
