// Resolves the settings from their sources (explicit provider, stack config, environment, file, default).
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { DEFAULT_ENDPOINT } from "./api/address";
import type { Connection } from "./api/transport";
import { ConfigurationError, errorMessage } from "./errors";
import { bothSet, keysOf, OWN, SETTINGS } from "./settings";
import type { Setting } from "./settings";
import { shape } from "./text/quote";
import { redact } from "./text/redact";
import { isGiven, isRecord, parsedJson } from "./values";

/** Looks up a key in a Pulumi configuration: that of a stack, or the inputs of an explicit provider. */
export type ConfigLookup = (key: string) => unknown;

/** A configured value, and where it came from, for messages. */
export interface ConfigValue {
  value: string;
  source: string;
}

/** No credential is configured anywhere. A separate class, because the command line gives other advice. */
export class NoCredentialError extends ConfigurationError {}

/**
 * The settings of this configuration, else of the environment. Each is read and checked at each access.
 * `source` is its name in messages: a string such as `the stack config`, to which the key is added, or a
 * function of the key.
 */
export function settingsIn(config: ConfigLookup, source: string | ((key: string) => string)) {
  const named = typeof source === "string" ? (key: string): string => `${source} ${key}` : source;
  return {
    /** Base URL, without a trailing slash. */
    get endpoint(): string {
      const found = find(SETTINGS.endpoint, config, named);
      return found ? checkedEndpoint(found) : DEFAULT_ENDPOINT;
    },
    /** @throws NoCredentialError if there is none. */
    get credential(): ConfigValue {
      return checkedCredential(find(SETTINGS.credential, config, named) ?? fromFile());
    },
    /** The customer id that the credential must belong to. */
    get expectedAccount(): ConfigValue | undefined {
      return find(SETTINGS.customerId, config, named);
    },
  };
}

/**
 * The connection to the account. See {@link settingsIn}.
 *
 * @throws ConfigurationError that says what is missing or wrong.
 */
export function resolveConnection(
  config: ConfigLookup,
  source: string | ((key: string) => string),
): Connection {
  const { endpoint, credential, expectedAccount } = settingsIn(config, source);
  return {
    endpoint,
    apiKey: credential.value,
    apiKeySource: credential.source,
    ...(expectedAccount ? { expectedAccount } : {}),
  };
}

/** The problem of the configuration; `undefined` if it is valid. */
export function whyNoConnection(config: ConfigLookup, configSource: string): string | undefined {
  try {
    resolveConnection(config, configSource);
    return undefined;
  } catch (error) {
    return errorMessage(error);
  }
}

/** Finds a setting in the configuration, else in the environment. */
function find(
  setting: Setting,
  config: ConfigLookup,
  named: (key: string) => string,
): ConfigValue | undefined {
  const [first, second] = setting.own.map((name) => OWN + name).filter((key) => isGiven(config(key)));
  if (first !== undefined && second !== undefined)
    throw new ConfigurationError(bothSet(named(first), second));
  const key = keysOf(setting).find((each) => isGiven(config(each)));
  if (key !== undefined) return checkedText(config(key), named(key));
  const variable = setting.variables.find((name) => process.env[name] !== undefined);
  return variable === undefined
    ? undefined
    : checkedText(process.env[variable], `the environment variable ${variable}`);
}

/**
 * A value that is set must not be blank. Otherwise a secret that a CI system withholds, which arrives as an
 * empty variable, would be replaced by the credential of another account.
 */
export function checkedText(value: unknown, source: string): ConfigValue {
  if (typeof value !== "string")
    throw new ConfigurationError(`The value of ${source} must be a string, not ${shape(value)}.`);
  const trimmed = value.trim();
  if (trimmed !== "") return { value: trimmed, source };
  throw new ConfigurationError(
    `The value of ${source} is blank. Set it or remove it; the package does not fall back to another source.`,
  );
}

/** `token` in the file of the official CLI. No file means no credential; a broken file is an error. */
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
  // Some editors put a byte order mark at the beginning.
  const body = parsedJson(text.replace(/^\ufeff/, ""));
  const token = isRecord(body) && typeof body.token === "string" ? body.token.trim() : "";
  if (token === "") {
    throw new ConfigurationError(
      `The credentials file ${path} does not contain a JSON object with a string \`token\`. Log in again with the official WAYSCloud CLI.`,
    );
  }
  return { value: token, source: `the file ${path}` };
}

/** A container may have no home directory. Never use the working directory: others may control it. */
function homeFolder(): string | undefined {
  try {
    const home = homedir();
    return isAbsolute(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

/** Must be valid in an HTTP header; anything else is probably a copy-and-paste error. */
function checkedCredential(found: ConfigValue | undefined): ConfigValue {
  if (!found) {
    throw new NoCredentialError(
      "No WAYSCloud credential found. Run `pulumi config set --secret wayscloud-account:patToken`, set WAYSCLOUD_PAT_TOKEN, or log in with the official WAYSCloud CLI.",
    );
  }
  if (/^[\x21-\x7e]+$/.test(found.value)) return found;
  throw new ConfigurationError(
    `The credential from ${found.source} contains whitespace or non-ASCII characters. Copy it again.`,
  );
}

/** `https:` only, or `http:` to this machine; only scheme, host, port and path. */
export function checkedEndpoint({ value, source }: ConfigValue): string {
  const reject = (why: string): never => {
    throw new ConfigurationError(`Invalid endpoint in ${source}: ${why}. Example: ${DEFAULT_ENDPOINT}`);
  };
  if (!/^https?:/i.test(value)) reject("it does not begin with https:// (for this machine: http://)");
  const url = URL.canParse(value) ? new URL(value) : reject(`it is not a URL (${value.length} characters)`);
  if (url.username || url.password) reject("it contains a user name or password");
  if (/[?#]/.test(value)) reject("it contains a query or a fragment");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    reject(
      `\`http:\` to ${redact(url.hostname)} would send the credential unencrypted; use \`https:\` (\`http:\` is for this machine only)`,
    );
  }
  const base = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  const [versioned] = /\/v1(\/account)?$/i.exec(base) ?? [];
  if (versioned !== undefined) {
    // The API would answer every request with 404.
    reject(`it ends in ${versioned}, which the package adds to every request; leave that part out`);
  }
  return base;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
