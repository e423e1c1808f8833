// The data functions of "pulumi-wayscloud/native": those of the package, answered by the plugin.
import * as pulumi from "@pulumi/pulumi";

import type { ApiKeyInfo, GetApiKeysArgs, GetApiKeysOutputArgs } from "../data/api-keys";
import { checkedArguments, whenReady } from "../data/data-function";
import { checkOptions } from "../data/options";
import type { ProfileInfo } from "../data/profile";
import type { GetServicesArgs, GetServicesOutputArgs, ServiceInfo } from "../data/services";
import type { GetSshKeyArgs, GetSshKeyOutputArgs, GetSshKeysArgs, SshKeyInfo } from "../data/ssh-keys";
import { ConfigurationError } from "../errors";
import { queries } from "../queries/queries";
import type { Query } from "../queries/queries";
import { checkStackConfig } from "../stack-config";
import { withoutStack } from "../text/without-stack";
import { checkProvider } from "./provider";
import { nativeType } from "./declaration";
import { PLUGIN } from "./provider";

type Properties = Readonly<Record<string, unknown>>;

/** Options of a data function that returns a promise. */
export type DataOptions = pulumi.InvokeOptions;

/** Options of a data function that returns an output. */
export type DataOutputOptions = pulumi.InvokeOutputOptions;

/** Options that the SDK's invoke accepts besides those of a data function. */
const INVOKE_OPTIONS = ["version", "pluginDownloadURL", "async"];

/** Asks the plugin. */
function ask<Response extends object, Result extends object>(
  query: Query<Response, Result>,
  args: unknown = {},
  opts: pulumi.InvokeOptions = {},
): Promise<Result> {
  return withoutStack(async () => {
    const found = await answer(query, args, checked(query.name, opts, "plain"));
    if (found !== undefined) return found;
    throw new ConfigurationError(
      `${query.name}: the provider's configuration is not known yet. Use ${query.name}Output, which waits for it.`,
    );
  });
}

/** The same, waiting for the arguments and for `dependsOn`. */
function askOutput<Response extends object, Result extends object>(
  query: Query<Response, Result>,
  args: pulumi.Input<unknown> = {},
  opts: pulumi.InvokeOutputOptions = {},
): pulumi.Output<Result> {
  const { dependsOn, ...others } = opts;
  const output = pulumi
    .output(
      withoutStack(() => {
        checked(query.name, opts, "output");
        return true;
      }),
    )
    .apply(() => whenReady(args, dependsOn))
    .apply(([known]) => withoutStack(async () => (await answer(query, known, others)) ?? pulumi.unknown));
  return output as unknown as pulumi.Output<Result>;
}

function checked<Options extends pulumi.InvokeOptions>(
  name: string,
  opts: Options,
  form: "plain" | "output",
): Options {
  checkStackConfig();
  checkOptions(name, opts, form, INVOKE_OPTIONS);
  checkProvider(name, opts.provider ?? opts.parent?.getProvider(nativeType(name)));
  return opts;
}

/** `undefined` if a preview does not know the provider's configuration: the engine then asks no plugin. */
async function answer<Response extends object, Result extends object>(
  query: Query<Response, Result>,
  args: unknown,
  opts: pulumi.InvokeOptions,
): Promise<Result | undefined> {
  const given = { ...checkedArguments(query, args) };
  const asked: Promise<unknown> = pulumi.runtime.invoke(nativeType(query.name), given, {
    ...PLUGIN,
    ...opts,
  });
  const response = await asked.catch((error: unknown) => {
    throw sentence(error);
  });
  const properties = response as Properties;
  if (pulumi.runtime.isDryRun() && Object.keys(properties).length === 0) return undefined;
  return (query.list === undefined ? properties : properties[query.list]) as Result;
}

/** The plugin's own message, without the engine's prefix and the SDK's stack. */
function sentence(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  return new pulumi.RunError(error.message.replace(/^invocation of \S+ returned an error: /, ""));
}

/** Reads the account's profile: customer id, e-mail, account type. @see GET /v1/account/profile */
export function getProfile(opts?: pulumi.InvokeOptions): Promise<ProfileInfo> {
  return ask(queries.getProfile, {}, opts);
}

/** Like {@link getProfile}, as an output. @see GET /v1/account/profile */
export function getProfileOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<ProfileInfo> {
  return askOutput(queries.getProfile, {}, opts);
}

/** Lists the account's active services that match all given fields. @see GET /v1/account/services */
export function getServices(args?: GetServicesArgs, opts?: pulumi.InvokeOptions): Promise<ServiceInfo[]> {
  return ask(queries.getServices, args, opts);
}

/** Like {@link getServices}, accepting inputs and returning an output. @see GET /v1/account/services */
export function getServicesOutput(
  args?: GetServicesOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ServiceInfo[]> {
  return askOutput(queries.getServices, args, opts);
}

/**
 * Lists the account's service keys and tokens that match all given fields, without their secrets. @see GET
 * /v1/account/api-keys
 */
export function getApiKeys(args?: GetApiKeysArgs, opts?: pulumi.InvokeOptions): Promise<ApiKeyInfo[]> {
  return ask(queries.getApiKeys, args, opts);
}

/** Like {@link getApiKeys}, accepting inputs and returning an output. @see GET /v1/account/api-keys */
export function getApiKeysOutput(
  args?: GetApiKeysOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ApiKeyInfo[]> {
  return askOutput(queries.getApiKeys, args, opts);
}

/** Lists the account's SSH keys. @see GET /v1/account/ssh-keys */
export function getSshKeys(args?: GetSshKeysArgs, opts?: pulumi.InvokeOptions): Promise<SshKeyInfo[]> {
  return ask(queries.getSshKeys, args, opts);
}

/** Like {@link getSshKeys}, as an output. @see GET /v1/account/ssh-keys */
export function getSshKeysOutput(
  args?: GetSshKeysArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<SshKeyInfo[]> {
  return askOutput(queries.getSshKeys, args, opts);
}

/**
 * Finds one SSH key by its id, name or fingerprint. @throws if no key, or more than one, matches. @see GET
 * /v1/account/ssh-keys
 */
export function getSshKey(args: GetSshKeyArgs, opts?: pulumi.InvokeOptions): Promise<SshKeyInfo> {
  return ask(queries.getSshKey, args, opts);
}

/** Like {@link getSshKey}, accepting inputs and returning an output. @see GET /v1/account/ssh-keys */
export function getSshKeyOutput(
  args: GetSshKeyOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<SshKeyInfo> {
  return askOutput(queries.getSshKey, args, opts);
}
