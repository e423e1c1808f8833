// Where credential and endpoint come from: explicit provider, stack config, environment, file, default; and what is refused.
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

import { ConfigurationError } from "./errors";
import { redact } from "./text/redact";
import type { Connection } from "./api/transport";

export const API_KEY = "wayscloud:apiKey";
export const ENDPOINT = "wayscloud:endpoint";
export const DEFAULT_ENDPOINT = "https://api.wayscloud.services";
const API_KEY_VARIABLES = ["WAYSCLOUD_API_KEY", "WAYSCLOUD_TOKEN", "WAYSCLOUD_PAT_TOKEN"];
const ENDPOINT_VARIABLES = ["WAYSCLOUD_ENDPOINT", "WAYSCLOUD_API_URL"];

/** A look-up in the Pulumi configuration at hand: a stack's, or an explicit provider's inputs. */
export type ConfigLookup = (key: string) => string | undefined;

interface Found {
  value: string;
  source: string;
}

/** The account to talk to, or a {@link ConfigurationError} that says how to configure one. */
export function resolveConnection(config: ConfigLookup, configSource: string): Connection {
  const endpoint = resolveEndpoint(config);
  const key = resolveApiKey(config, configSource);
  return { endpoint, apiKey: checkedApiKey(key), apiKeySource: key.source };
}

/** The base URL by config, environment or default, validated, without a trailing slash. */
export function resolveEndpoint(config: ConfigLookup): string {
  const configured = config(ENDPOINT)?.trim();
  if (configured) return checkedEndpoint({ value: configured, source: `the configuration ${ENDPOINT}` });
  const found = fromEnvironment(ENDPOINT_VARIABLES);
  return found ? checkedEndpoint(found) : DEFAULT_ENDPOINT;
}

function resolveApiKey(config: ConfigLookup, configSource: string): Found {
  const configured = config(API_KEY)?.trim();
  if (configured) return { value: configured, source: configSource };
  const found = fromEnvironment(API_KEY_VARIABLES) ?? fromFile();
  if (found) return found;
  throw new ConfigurationError(
    "No WAYSCloud credential is configured. Set one with `pulumi config set --secret wayscloud:apiKey`, " +
      "or the environment variable WAYSCLOUD_API_KEY, or log in with the vendor's command line tool (~/.wayscloud/credentials).",
  );
}

function fromEnvironment(names: readonly string[]): Found | undefined {
  for (const name of names) {
    const value = process.env[name]?.trim();
    if (value) return { value, source: `the environment variable ${name}` };
  }
  return undefined;
}

/** `token` of the file that the vendor's command line tool writes; an absent file is no credential, a broken one is an error. */
function fromFile(): Found | undefined {
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
      `The credentials file ${path} is not a JSON object with a text "token"; log in again.`,
    );
  }
  return { value: token, source: `the file ${path}` };
}

/** A user of a container may have none, and `HOME` may be empty: then the working directory, which is anybody's, must not stand in. */
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
    // Editors of one platform put a byte order mark before it.
    const token = (JSON.parse(text.replace(/^\ufeff/, "")) as { token?: unknown } | null)?.token;
    return typeof token === "string" && token.trim() !== "" ? token.trim() : undefined;
  } catch {
    return undefined;
  }
}

/** A credential must be able to stand in a header; anything else is a paste mistake. */
function checkedApiKey({ value, source }: Found): string {
  if (!/^[\x21-\x7e]+$/.test(value)) {
    throw new ConfigurationError(
      `The credential from ${source} (${value.length} characters) contains white space or characters outside ASCII; paste it again.`,
    );
  }
  return value;
}

/** `https:` only, `http:` to this machine; nothing but scheme, host, port and path. */
function checkedEndpoint({ value, source }: Found): string {
  const refuse = (why: string): never => {
    throw new ConfigurationError(
      `The endpoint from ${source} was refused: ${why}. Example: ${DEFAULT_ENDPOINT}`,
    );
  };
  const url = URL.canParse(value) ? new URL(value) : refuse(`it is not a URL (${value.length} characters)`);
  if (url.username || url.password) refuse("it contains a user name or password");
  if (url.search || url.hash || /[?#]/.test(value)) refuse("it contains a query or a fragment");
  if (url.protocol === "http:" && !isLoopback(url.hostname)) {
    refuse(
      `plain http: to ${redact(url.hostname)} would send the credential unencrypted; use https: (http: is for this machine only)`,
    );
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    // What stands before a colon may also be half of a pasted secret.
    refuse(`its scheme is ${/^[a-z]{2,5}:$/.test(url.protocol) ? url.protocol : "another one"}, not https:`);
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** Is this host name the machine itself? */
function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}
