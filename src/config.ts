// Where credential, endpoint and expected account come from (explicit provider, stack config, environment, file, default), and what is rejected.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { ConfigurationError } from "./errors";
import { redact } from "./text/redact";
import type { Connection } from "./api/transport";

/** The name by which the vendor's bridged provider configures a personal access token. */
export const PAT_TOKEN = "wayscloud:patToken";
export const API_KEY = "wayscloud:apiKey";
export const ENDPOINT = "wayscloud:endpoint";
export const CUSTOMER_ID = "wayscloud:customerId";
export const DEFAULT_ENDPOINT = "https://api.wayscloud.services";
/** The last one may hold a service key: that is how the vendor's Terraform provider is configured. */
const CREDENTIAL_VARIABLES = ["WAYSCLOUD_PAT_TOKEN", "WAYSCLOUD_TOKEN", "WAYSCLOUD_API_KEY"];
const ENDPOINT_VARIABLES = ["WAYSCLOUD_ENDPOINT", "WAYSCLOUD_API_URL"];
const CUSTOMER_ID_VARIABLE = "WAYSCLOUD_CUSTOMER_ID";

/** Looks up a key in the Pulumi configuration at hand: that of a stack, or the inputs of an explicit provider. */
export type ConfigLookup = (key: string) => string | undefined;

/** A configured value, and where it came from, for messages. */
export interface ConfigValue {
  value: string;
  source: string;
}

/** No credential is configured anywhere; its own class, because what to do depends on who asks. */
export class NoCredentialError extends ConfigurationError {}

/**
 * The connection to make. `configSource` names the configuration in messages, before the key: `the stack config`.
 *
 * @throws ConfigurationError that says what is missing or wrong.
 */
export function resolveConnection(config: ConfigLookup, configSource: string): Connection {
  const endpoint = resolveEndpoint(config);
  const credential = checkedCredential(resolveCredential(config, configSource));
  const expectedAccount = resolveExpectedAccount(config, configSource);
  return {
    endpoint,
    apiKey: credential.value,
    apiKeySource: credential.source,
    ...(expectedAccount ? { expectedAccount } : {}),
  };
}

/** The base URL by config, environment or default, validated, without a trailing slash. `source` names the configured one in messages. */
export function resolveEndpoint(config: ConfigLookup, source = ENDPOINT): string {
  const configured = config(ENDPOINT)?.trim();
  if (configured) return checkedEndpoint({ value: configured, source });
  const found = fromEnvironment(ENDPOINT_VARIABLES);
  return found ? checkedEndpoint(found) : DEFAULT_ENDPOINT;
}

function resolveCredential(config: ConfigLookup, configSource: string): ConfigValue {
  const found =
    fromConfig(config, configSource, PAT_TOKEN) ??
    fromConfig(config, configSource, API_KEY) ??
    fromEnvironment(CREDENTIAL_VARIABLES) ??
    fromFile();
  if (found) return found;
  throw new NoCredentialError(
    "No WAYSCloud credential found. Run `pulumi config set --secret wayscloud:patToken`, set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.",
  );
}

function resolveExpectedAccount(config: ConfigLookup, configSource: string): ConfigValue | undefined {
  const configured = fromConfig(config, configSource, CUSTOMER_ID);
  if (configured) return configured;
  const value = process.env[CUSTOMER_ID_VARIABLE];
  if (value === undefined) return undefined;
  // An unset variable of a CI system arrives as an empty one; it must not switch the check off silently.
  return checkedNotBlank({ value, source: `the environment variable ${CUSTOMER_ID_VARIABLE}` });
}

/** What was configured on purpose must hold something: with a blank credential another account's would be used instead. */
function fromConfig(config: ConfigLookup, configSource: string, key: string): ConfigValue | undefined {
  const value = config(key);
  return value === undefined ? undefined : checkedNotBlank({ value, source: `${configSource} ${key}` });
}

function checkedNotBlank({ value, source }: ConfigValue): ConfigValue {
  const trimmed = value.trim();
  if (trimmed !== "") return { value: trimmed, source };
  throw new ConfigurationError(
    `The value of ${source} is blank. Set it, or remove it; nothing else is used in its place.`,
  );
}

function fromEnvironment(names: readonly string[]): ConfigValue | undefined {
  for (const name of names) {
    const value = process.env[name]?.trim();
    if (value) return { value, source: `the environment variable ${name}` };
  }
  return undefined;
}

/** `token` of the file that the official CLI writes. A missing file means that there is no credential; a broken one is an error. */
function fromFile(): ConfigValue | undefined {
  const home = homeFolder();
  if (home === undefined) return undefined;
  const path = join(home, ".wayscloud", "credentials");
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new ConfigurationError(
      `The credentials file ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown error"}).`,
    );
  }
  const token = tokenOf(text);
  if (!token) {
    throw new ConfigurationError(
      `The credentials file ${path} does not contain a JSON object with a string \`token\`. Log in again with the official WAYSCloud CLI.`,
    );
  }
  return { value: token, source: `the file ${path}` };
}

/** There may be no home directory (containers). Never fall back to the working directory, which others may control. */
function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

function tokenOf(text: string): string | undefined {
  try {
    // Some editors put a byte order mark before it.
    const token = (JSON.parse(text.replace(/^\ufeff/, "")) as { token?: unknown } | null)?.token;
    return typeof token === "string" && token.trim() !== "" ? token.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** Must be valid in an HTTP header; anything else is probably a copy-and-paste error. */
function checkedCredential({ value, source }: ConfigValue): ConfigValue {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new ConfigurationError(
      `The credential from ${source} contains whitespace or non-ASCII characters. Copy it again.`,
    );
  }
  return { value, source };
}

/** `https:` only, `http:` to this machine; nothing but scheme, host, port and path. */
function checkedEndpoint({ value, source }: ConfigValue): string {
  const reject = (why: string): never => {
    throw new ConfigurationError(`Invalid endpoint in ${source}: ${why}. Example: ${DEFAULT_ENDPOINT}`);
  };
  const url = URL.canParse(value) ? new URL(value) : reject(`it is not a URL (${value.length} characters)`);
  if (url.username || url.password) reject("it contains a user name or password");
  if (url.search || url.hash || /[?#]/.test(value)) reject("it contains a query or a fragment");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    reject(
      `\`http:\` to ${redact(url.hostname)} would send the credential unencrypted; use \`https:\` (\`http:\` is for this machine only)`,
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    // The part before the colon may be part of a pasted secret, so it is printed only if it looks like a scheme.
    reject(`its scheme is ${/^[a-z]{2,5}:$/.test(url.protocol) ? url.protocol : "another one"}, not https:`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** Whether this host name is the machine itself. */
function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
