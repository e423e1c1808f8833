// The rotating key "db" of a story.
import type { Properties } from "../../src/values";
import { account, stack } from "./fresh-stack";
import { type Kind, ROTATING } from "./kinds";

/** Declares a rotating key "db": a rotation every 30 days, an overlap of 7, unless `more` says otherwise. */
export function declareRotating(more: Properties = {}, [, type, spec]: Kind = ROTATING[0], on = stack): void {
  const description = `pulumi test/${on.name}/db`;
  on.declare("db", type, { ...spec, description, rotateEveryDays: 30, overlapDays: 7, __owner: "", ...more });
}

/** The ids of the rotating key "db". */
export const current = (): string => String(stack.held("db").outputs.keyId);
export const previous = (): unknown => stack.held("db").outputs.previousKeyId;

/** A rotating key within its overlap: `[previous, current]`. */
export async function overlapping(kind?: Kind): Promise<[string, string]> {
  declareRotating({}, kind);
  await stack.up();
  const first = current();
  account.pass(31);
  await stack.up();
  expect(previous()).toBe(first);
  return [first, current()];
}
