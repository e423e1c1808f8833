// Run by run-typescript.js: makes the calls of `process.argv[2]` (JSON) one after the other, and prints as JSON what became of each.
import { WaysCloudError } from "../../src/errors";
import { clientOf, CREDENTIAL, everyText } from "./api";

/** One call: the endpoint, and the environment variables that differ. */
export interface Call {
  endpoint: string;
  env?: Record<string, string>;
  /** @default "GET" */
  method?: "GET" | "POST" | "DELETE";
}

/** What became of it. */
export interface Result {
  ok: boolean;
  name?: string;
  message?: string;
  outcome?: string;
  status?: number | undefined;
  /** Whether anything that was thrown holds the credential. */
  leaks?: boolean;
}

async function make(call: Call): Promise<Result> {
  Object.assign(process.env, call.env);
  const client = clientOf({ url: call.endpoint, apiKey: CREDENTIAL });
  try {
    if (call.method === "POST")
      await client.createServiceKey({ service: "dns" }, client.operation("Creating"));
    else if (call.method === "DELETE") await client.deleteSshKey("a", client.operation("Deleting"));
    else await client.listSshKeys();
    return { ok: true };
  } catch (error) {
    const leaks = everyText(error).includes(CREDENTIAL);
    if (!(error instanceof WaysCloudError)) return { ok: false, name: "foreign", leaks };
    const { name, message, outcome, status } = error;
    return { ok: false, name, message, outcome, status, leaks };
  } finally {
    for (const variable of Object.keys(call.env ?? {})) Reflect.deleteProperty(process.env, variable);
  }
}

async function main(): Promise<void> {
  const results: Result[] = [];
  for (const call of JSON.parse(process.argv[2] ?? "[]") as Call[]) results.push(await make(call));
  process.stdout.write(JSON.stringify(results));
}

void main();
