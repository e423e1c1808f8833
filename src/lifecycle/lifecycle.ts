// What a resource's life consists of, as plain functions: no word of the dynamic-provider protocol, so that another host can serve them.
import type { AccountClient } from "../api/client";
import type { ApiKey, SshKeyRecord } from "../api/schemas";
import type { Claims } from "./claims";
import type { Listing } from "./listing";

/** A value that is known only once another resource exists. */
export const UNKNOWN: unique symbol = Symbol("unknown");
export type Unknown = typeof UNKNOWN;

export type Properties = Record<string, unknown>;

/** Bad input. The engine prints the value of `property`, so a failure about a secret leaves it empty. */
export interface CheckFailure {
  property: string;
  reason: string;
}

export interface Checked {
  inputs: Properties;
  failures: CheckFailure[];
}

export interface Diff {
  changes: boolean;
  /** The properties that force a replacement. */
  replaces: string[];
  /** The properties that differ, those that force a replacement among them. */
  changed?: string[];
  deleteBeforeReplace?: boolean;
}

export interface State {
  id: string;
  outputs: Properties;
}

/** The account at hand; made at the first request, once a process. */
export interface Context {
  client: AccountClient;
  apiKeys: Listing<ApiKey>;
  sshKeys: Listing<SshKeyRecord>;
  claims: Claims;
  /** A line for the user's terminal. */
  log: (line: string) => void;
}

/** `check` and `diff` get no account: they make no request, ever. */
export interface Lifecycle {
  check(olds: Properties, news: Properties): Checked;
  /** `now`: wall clock, ms since the epoch. */
  diff(id: string, olds: Properties, news: Properties, now: number): Diff;
  create(inputs: Properties, context: Context): Promise<State>;
  /** `undefined`: a whole list of the account says that it is gone. */
  read(id: string, olds: Properties, context: Context): Promise<State | undefined>;
  /** In place; only rotating keys and states that need clearing up make requests here. Returns all outputs. */
  update(id: string, olds: Properties, news: Properties, context: Context): Promise<Properties>;
  delete(id: string, olds: Properties, context: Context): Promise<void>;
}

/**
 * Something may have been created, and this run could not find out. The engine keeps `id` and `properties` in the state, so that
 * the next run can heal it.
 */
export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    readonly id: string,
    readonly properties: Properties,
    message: string,
  ) {
    super(message);
  }
}
