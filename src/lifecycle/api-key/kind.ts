// What tells one kind of API key from another, and the outputs that every kind has.
import type { WithServerTime } from "../../api/client";
import type { ApiKey, CreatedKey } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import type { InputCheck } from "../inputs";
import type { Context, Properties } from "../lifecycle";

/** What tells a service key from a token. */
export interface KeyKind {
  /** `service key` */
  noun: string;
  /** The inputs that are fixed at creation: a change replaces. They are outputs as well. */
  fixed: readonly string[];
  /** The inputs that may change in place. */
  changeable: readonly string[];
  check(check: InputCheck, news: Properties): void;
  post(inputs: Properties, context: Context, operation: Operation): Promise<WithServerTime<CreatedKey>>;
  /** Why an entry of the key list is not of this kind or does not fit the inputs, if so. */
  mismatch(entry: ApiKey, inputs: Properties): string | undefined;
  /** Outputs that only the list tells. */
  listed(entry: ApiKey): Properties;
  /** Outputs that follow from inputs and the time of creation. */
  facts(inputs: Properties, createdAt: string): Properties;
  /** Outputs that follow from changeable inputs and from the facts. */
  settings(inputs: Properties, facts: Properties): Properties;
  /** The outputs by which time itself asks for a replacement. */
  due(olds: Properties, news: Properties, now: number): string[];
}

/** The outputs that follow from changeable inputs. */
export const SETTINGS = ["rotateAt", "recreateIfInvalid"];

/** What a later refresh or diff needs of the inputs, since they see only outputs. */
export function settingsOf(kind: KeyKind, inputs: Properties, facts: Properties): Properties {
  return {
    ...kind.settings(inputs, facts),
    ...(inputs.recreateIfInvalid === false ? { recreateIfInvalid: false } : {}),
  };
}

/** All outputs of a key, from what the API showed and what the inputs fix. */
export function outputsOf(
  kind: KeyKind,
  inputs: Properties,
  shown: Properties,
  createdAt: string,
): Properties {
  const facts = kind.facts(inputs, createdAt);
  return {
    description: inputs.description,
    ...(inputs.rotationTriggers === undefined ? {} : { rotationTriggers: inputs.rotationTriggers }),
    ...shown,
    ...facts,
    createdAt,
    ...settingsOf(kind, inputs, facts),
  };
}
