// The data functions, each as a promise and as an output that waits for its inputs, for both hosts.
import * as pulumi from "@pulumi/pulumi";

import { ConfigurationError } from "../errors";
import { COMMON_OPTIONS, givenArguments } from "../queries/arguments";
import type { Given } from "../queries/arguments";
import { queries } from "../queries/queries";
import type { Query } from "../queries/queries";
import type { Provider } from "../provider";
import { didYouMean } from "../text/did-you-mean";
import { shape } from "../text/quote";
import { withoutStack } from "../text/without-stack";
import { knownValue, readyMoment } from "./dependencies";
import type * as types from "./types";

/** Options of a data function that returns a promise. */
export interface DataOptions {
  /**
   * The account to read.
   * @default the provider of `parent`, else the account of the stack config, the environment or the
   * credentials file
   */
  provider?: Provider | undefined;
  /**
   * The resource whose provider is used, such as the component that calls the function.
   * @default none
   */
  parent?: pulumi.Resource | undefined;
}

/** Options of a data function that returns an output. */
export interface DataOutputOptions extends DataOptions {
  /**
   * Read only after these resources were created or updated. Without it, the function still waits for the
   * resources that its arguments come from.
   * @default none
   */
  dependsOn?: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource> | undefined;
}

/** The data functions of a host, which take these options. */
export interface DataFunctions<Options, OutputOptions> {
  /**
   * Reads the account's profile: customer id, e-mail, account type. Requested once per program run and
   * cached.
   *
   * @throws AuthenticationError or PermissionDeniedError, with the source of the credential; ConnectionError
   * without a response.
   * @example
   * ```ts
   * const { customerType } = await wayscloud.getProfile();
   * ```
   * @see GET /v1/account/profile
   */
  getProfile(opts?: Options): Promise<types.ProfileInfo>;

  /**
   * Like `getProfile`, as an output; waits for a Provider whose credential is not known yet.
   *
   * @example
   * ```ts
   * export const customer = wayscloud.getProfileOutput().customerId;
   * ```
   * @see GET /v1/account/profile
   */
  getProfileOutput(opts?: OutputOptions): pulumi.Output<types.ProfileInfo>;

  /**
   * Lists the account's active services. Requested once per program run and cached.
   *
   * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError,
   * ConnectionError.
   * @example
   * ```ts
   * const databases = await wayscloud.getServices({ serviceType: "database", status: "running" });
   * ```
   * @see GET /v1/account/services
   */
  getServices(args?: types.GetServicesArgs, opts?: Options): Promise<types.ServiceInfo[]>;

  /**
   * Like `getServices`, with inputs and as an output. Waits for these and the resources they come from.
   * @see GET /v1/account/services
   */
  getServicesOutput(
    args?: types.GetServicesOutputArgs,
    opts?: OutputOptions,
  ): pulumi.Output<types.ServiceInfo[]>;

  /**
   * Lists the account's service keys and tokens. Requested once per program run and cached.
   *
   * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError,
   * ConnectionError.
   * @example
   * ```ts
   * const unused = (await wayscloud.getApiKeys({ isActive: true })).filter((key) => key.lastUsedAt === undefined);
   * ```
   * @see GET /v1/account/api-keys
   */
  getApiKeys(args?: types.GetApiKeysArgs, opts?: Options): Promise<types.ApiKeyInfo[]>;

  /**
   * Like `getApiKeys`, with inputs and as an output. Waits for these and the resources they come from.
   * @see GET /v1/account/api-keys
   */
  getApiKeysOutput(
    args?: types.GetApiKeysOutputArgs,
    opts?: OutputOptions,
  ): pulumi.Output<types.ApiKeyInfo[]>;

  /**
   * Lists the account's SSH keys. Requested once per program run and cached.
   *
   * @throws MalformedResponseError if the list is incomplete; AuthenticationError, PermissionDeniedError,
   * ConnectionError.
   * @example
   * ```ts
   * const unused = (await wayscloud.getSshKeys()).filter((key) => key.vmCount === 0);
   * ```
   * @see GET /v1/account/ssh-keys
   */
  getSshKeys(args?: types.GetSshKeysArgs, opts?: Options): Promise<types.SshKeyInfo[]>;

  /** Like `getSshKeys`, as an output. @see GET /v1/account/ssh-keys */
  getSshKeysOutput(args?: types.GetSshKeysArgs, opts?: OutputOptions): pulumi.Output<types.SshKeyInfo[]>;

  /**
   * Finds one SSH key by its id, name or fingerprint.
   *
   * @throws NotFoundError if no key matches; AmbiguousMatchError if several do.
   * @example
   * ```ts
   * const deploy = await wayscloud.getSshKey({ name: "deploy" });
   * ```
   * @see GET /v1/account/ssh-keys
   */
  getSshKey(args: types.GetSshKeyArgs, opts?: Options): Promise<types.SshKeyInfo>;

  /**
   * Like `getSshKey`, with inputs and as an output. Waits for these and the resources they come from.
   * @see GET /v1/account/ssh-keys
   */
  getSshKeyOutput(args: types.GetSshKeyOutputArgs, opts?: OutputOptions): pulumi.Output<types.SshKeyInfo>;
}

/** Answers data functions: the client of the program's own process, or the plugin. */
export interface DataHost<Options> {
  /** Its options besides those that every host's data functions take. */
  options: readonly string[];
  /** Known as soon as the account of a call is. @throws ConfigurationError for another package's provider. */
  answers(name: string, opts: Partial<Options>): pulumi.Output<Answer> | Answer;
}

/**
 * `undefined` if the account's configuration is not known yet. `notBefore`: no list that was requested before
 * this moment has everything that the caller waited for.
 */
export type Answer = <Response extends object, Result extends object>(
  query: Query<Response, Result>,
  given: Given,
  notBefore: number,
) => Promise<Result | undefined>;

type DependsOn = Pick<DataOutputOptions, "dependsOn">;

export function dataFunctions<Options extends object>(
  host: DataHost<Options>,
): DataFunctions<Options, Options & DependsOn> {
  return {
    getProfile: (opts) => ask(host, queries.getProfile, {}, opts),
    getProfileOutput: (opts) => wait(host, queries.getProfile, {}, opts),
    getServices: (args, opts) => ask(host, queries.getServices, args, opts),
    getServicesOutput: (args, opts) => wait(host, queries.getServices, args, opts),
    getApiKeys: (args, opts) => ask(host, queries.getApiKeys, args, opts),
    getApiKeysOutput: (args, opts) => wait(host, queries.getApiKeys, args, opts),
    getSshKeys: (args, opts) => ask(host, queries.getSshKeys, args, opts),
    getSshKeysOutput: (args, opts) => wait(host, queries.getSshKeys, args, opts),
    getSshKey: (args, opts) => ask(host, queries.getSshKey, args, opts),
    getSshKeyOutput: (args, opts) => wait(host, queries.getSshKey, args, opts),
  };
}

/** The promise form. The result is a copy. */
function ask<Response extends object, Result extends object, Options>(
  host: DataHost<Options>,
  query: Query<Response, Result>,
  args: unknown = {},
  opts: Partial<Options> = {},
): Promise<Result> {
  const { name } = query;
  return withoutStack(async () => {
    checkOptions(name, opts, host.options);
    const answers = host.answers(name, opts);
    // Now: the program may change the object, or the environment, afterwards.
    const given = checkedArguments(query, args);
    const answer = pulumi.Output.isInstance(answers) ? await knownValue(answers) : answers;
    const result = await answer?.(query, given, 0);
    if (result !== undefined) return result;
    throw new ConfigurationError(
      `${name}: the provider's configuration is not known yet. Use ${name}Output, which waits for it.`,
    );
  });
}

/**
 * The output form. Unknown in a preview while an argument, its resource, one of `dependsOn` or the provider's
 * account is unknown. Never from a list that was requested before those resources were ready.
 */
function wait<Response extends object, Result extends object, Options>(
  host: DataHost<Options>,
  query: Query<Response, Result>,
  args: pulumi.Input<unknown> = {},
  opts: Partial<Options> & DependsOn = {},
): pulumi.Output<Result> {
  const inputs = pulumi.output(args);
  const ready = withoutStack(() => {
    checkOptions(query.name, opts, ["dependsOn", ...host.options]);
    return pulumi.all([host.answers(query.name, opts), inputs, readyMoment(inputs, opts.dependsOn)]);
  });
  const output = pulumi
    .output(ready)
    .apply(([answer, known, notBefore]) =>
      withoutStack(
        async () => (await answer(query, checkedArguments(query, known), notBefore)) ?? pulumi.unknown,
      ),
    );
  return output as unknown as pulumi.Output<Result>;
}

/** @throws ConfigurationError for an argument that only the output form takes, or no entry could equal. */
function checkedArguments<Response extends object, Result extends object>(
  { name, args: types }: Query<Response, Result>,
  args: unknown,
): Given {
  const refuse = (what: string, given: unknown): void => {
    const kind = pulumi.Output.isInstance(given) ? "an Output" : given instanceof Promise && "a Promise";
    if (kind) throw new ConfigurationError(`${name}: ${what} ${kind}. Use ${name}Output, which accepts it.`);
  };
  refuse("the arguments are", args);
  for (const [field, value] of Object.entries(args ?? {})) refuse(`\`${field}\` is`, value);
  return givenArguments(name, types, args);
}

/** @throws ConfigurationError for an unknown option: a misspelled `provider` reads no other account. */
function checkOptions(name: string, opts: unknown, others: readonly string[]): void {
  if (typeof opts !== "object" || opts === null) {
    throw new ConfigurationError(
      `${name}: \`opts\` must be an object such as { provider }, not ${shape(opts)}.`,
    );
  }
  const known = [...COMMON_OPTIONS, ...others];
  for (const [option, value] of Object.entries(opts)) {
    if (value === undefined || known.includes(option)) continue;
    if (option === "dependsOn") {
      throw new ConfigurationError(
        `${name}: a promise cannot wait for \`dependsOn\`. Use ${name}Output, which can.`,
      );
    }
    throw new ConfigurationError(`${name}: unknown option \`${option}\`${didYouMean(option, known)}`);
  }
}
