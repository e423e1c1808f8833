// The data functions of "pulumi-wayscloud/native": those of the package, answered by the plugin.
import * as pulumi from "@pulumi/pulumi";

import type { ApiKeyInfo, GetApiKeysArgs, GetApiKeysOutputArgs } from "../data/api-keys";
import type { ProfileInfo } from "../data/profile";
import type { GetServicesArgs, GetServicesOutputArgs, ServiceInfo } from "../data/services";
import type { GetSshKeyArgs, GetSshKeyOutputArgs, GetSshKeysArgs, SshKeyInfo } from "../data/ssh-keys";
import { checkProvider } from "./configured";
import { nativeType } from "./declaration";
import { PLUGIN } from "./provider";

/** Asks the plugin. */
function ask<Result>(name: string, args: object = {}, opts: pulumi.InvokeOptions = {}): Promise<Result> {
  const { token, options } = asked(name, opts);
  return pulumi.runtime.invoke(token, { ...args }, options);
}

/** The same, waiting for the arguments. */
function askOutput<Result>(
  name: string,
  args: object = {},
  opts: pulumi.InvokeOutputOptions = {},
): pulumi.Output<Result> {
  const { token, options } = asked(name, opts);
  return pulumi.runtime.invokeOutput<Result>(token, { ...args }, options);
}

function asked<Options extends pulumi.InvokeOptions>(
  name: string,
  opts: Options,
): { token: string; options: Options } {
  const token = nativeType(name);
  checkProvider(name, opts.provider ?? opts.parent?.getProvider(token));
  return { token, options: { ...PLUGIN, ...opts } };
}

/** Reads the account's profile: customer id, e-mail, account type. @see GET /v1/account/profile */
export function getProfile(opts?: pulumi.InvokeOptions): Promise<ProfileInfo> {
  return ask("getProfile", {}, opts);
}

/** As {@link getProfile}, as an output. @see GET /v1/account/profile */
export function getProfileOutput(opts?: pulumi.InvokeOutputOptions): pulumi.Output<ProfileInfo> {
  return askOutput("getProfile", {}, opts);
}

/** Lists the account's active services for which all the given fields are equal. @see GET /v1/account/services */
export async function getServices(
  args?: GetServicesArgs,
  opts?: pulumi.InvokeOptions,
): Promise<ServiceInfo[]> {
  return (await ask<{ services: ServiceInfo[] }>("getServices", args, opts)).services;
}

/** As {@link getServices}, accepting inputs and returning an output. @see GET /v1/account/services */
export function getServicesOutput(
  args?: GetServicesOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ServiceInfo[]> {
  return askOutput<{ services: ServiceInfo[] }>("getServices", args, opts).apply(({ services }) => services);
}

/** Lists the account's service keys and tokens for which all the given fields are equal, without their secrets. @see GET /v1/account/api-keys */
export async function getApiKeys(args?: GetApiKeysArgs, opts?: pulumi.InvokeOptions): Promise<ApiKeyInfo[]> {
  return (await ask<{ apiKeys: ApiKeyInfo[] }>("getApiKeys", args, opts)).apiKeys;
}

/** As {@link getApiKeys}, accepting inputs and returning an output. @see GET /v1/account/api-keys */
export function getApiKeysOutput(
  args?: GetApiKeysOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<ApiKeyInfo[]> {
  return askOutput<{ apiKeys: ApiKeyInfo[] }>("getApiKeys", args, opts).apply(({ apiKeys }) => apiKeys);
}

/** Lists the account's SSH keys. @see GET /v1/account/ssh-keys */
export async function getSshKeys(args?: GetSshKeysArgs, opts?: pulumi.InvokeOptions): Promise<SshKeyInfo[]> {
  return (await ask<{ sshKeys: SshKeyInfo[] }>("getSshKeys", args, opts)).sshKeys;
}

/** As {@link getSshKeys}, as an output. @see GET /v1/account/ssh-keys */
export function getSshKeysOutput(
  args?: GetSshKeysArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<SshKeyInfo[]> {
  return askOutput<{ sshKeys: SshKeyInfo[] }>("getSshKeys", args, opts).apply(({ sshKeys }) => sshKeys);
}

/** Finds one SSH key by its id, name or fingerprint. @throws when no key, or more than one, fits. @see GET /v1/account/ssh-keys */
export function getSshKey(args: GetSshKeyArgs, opts?: pulumi.InvokeOptions): Promise<SshKeyInfo> {
  return ask("getSshKey", args, opts);
}

/** As {@link getSshKey}, accepting inputs and returning an output. @see GET /v1/account/ssh-keys */
export function getSshKeyOutput(
  args: GetSshKeyOutputArgs,
  opts?: pulumi.InvokeOutputOptions,
): pulumi.Output<SshKeyInfo> {
  return askOutput("getSshKey", args, opts);
}
