// What the data functions share: the account to ask, the client loaded at the first call, and one request of a kind in a program run.
import * as pulumi from "@pulumi/pulumi";

import type * as api from "../api/client";
import { ConfigurationError, WaysCloudError } from "../errors";
import type { Connection } from "../api/transport";
import { API_KEY, ENDPOINT, resolveConnection } from "../config";
import { accountOf, stackConfig } from "../provider";
import type { Provider } from "../provider";
import type { DataOptions, DataOutputOptions } from "./options";

type Client = api.AccountClient;

/** One program run, told by its root stack: inline programs of the Automation API share a process. */
const runs = new WeakMap<object, Map<string, Promise<unknown>>>();
const outsideOfRuns = {};

/**
 * Reads through `read`, once for each `kind`, account and program run. A failed read is not remembered.
 *
 * @throws when a Provider's credential is not known yet, which only the output form can wait for.
 */
export function readOnce<T>(
  kind: string,
  read: (client: Client) => Promise<T>,
  opts: DataOptions = {},
): Promise<T> {
  return told(() => readShared(kind, read, opts));
}

async function readShared<T>(
  kind: string,
  read: (client: Client) => Promise<T>,
  opts: DataOptions,
): Promise<T> {
  const answers = answersOfRun();
  const account = opts.provider ? await providerAccount(opts.provider) : defaultAccount();
  const key = JSON.stringify([kind, account.endpoint, account.apiKey]);
  let answer = answers.get(key) as Promise<T> | undefined;
  if (!answer) {
    answer = read(clientFor(account));
    answers.set(key, answer);
    answer.catch(() => answers.delete(key));
  }
  return answer;
}

/** Runs a data function. What goes wrong is shown by the engine as its message alone, as a `pulumi.RunError` would be. */
export async function told<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof WaysCloudError) Object.defineProperty(error, "__pulumiRunError", { value: true });
    throw error;
  }
}

/** The same as an output: waits for a Provider that is not known yet, and stays unknown in a preview that cannot know it. */
export function readOnceOutput<T>(
  kind: string,
  read: (client: Client) => Promise<T>,
  opts: DataOutputOptions = {},
): pulumi.Output<T> {
  if (!opts.provider) return pulumi.output(readOnce(kind, read)) as pulumi.Output<T>;
  const { apiKey, endpoint } = accountOf(opts.provider);
  // The credential is secret, what is read with it is not.
  const answer = pulumi.all([apiKey, endpoint]).apply<T>(() => readOnce(kind, read, opts));
  return pulumi.unsecret(answer);
}

function answersOfRun(): Map<string, Promise<unknown>> {
  const run = pulumi.runtime.getStackResource() ?? outsideOfRuns;
  const answers = runs.get(run) ?? new Map<string, Promise<unknown>>();
  runs.set(run, answers);
  return answers;
}

function defaultAccount(): Connection {
  return resolveConnection(stackConfig, "the stack config");
}

async function providerAccount(provider: Provider): Promise<Connection> {
  const { apiKey, endpoint } = accountOf(provider);
  const values = await known(pulumi.all([apiKey, endpoint]));
  if (!values) {
    throw new ConfigurationError(
      "The Provider's apiKey or endpoint is not known in this preview; use the …Output form of the function, which waits for it.",
    );
  }
  const [key, url] = values;
  const given = new Map([
    [API_KEY, key],
    [ENDPOINT, url],
  ]);
  return resolveConnection((name) => given.get(name), "the explicit Provider's configuration");
}

/** The value of an output, `undefined` while unknown. */
async function known<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const internals = output as unknown as { promise(): Promise<T>; isKnown: Promise<boolean> };
  return (await internals.isKnown) ? internals.promise() : undefined;
}

const clients = new Map<string, Client>();

/** A client for the account, with the HTTP and schema libraries loaded only now. */
function clientFor(account: Connection): Client {
  const key = JSON.stringify([account.endpoint, account.apiKey]);
  let client = clients.get(key);
  if (!client) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import of the package must cost next to nothing
    const { AccountClient } = require("../api/client") as typeof api;
    client = new AccountClient(account, { log: (line) => void pulumi.log.info(line) });
    clients.set(key, client);
  }
  return client;
}
