// The engine of this process: its log service, which shows lines at the resource, and whether it still runs.
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";

import type { Log } from "../../api/send";
import { urnOfCall, withoutSecrets } from "./current-call";
import { grpc } from "./sdk";

let client: EngineClient | undefined;
let engine: string | undefined;

/** The engine's address: an argument of the process, of Handshake and of Attach; the last one counts. */
export function connectEngine(address: string | undefined): void {
  if (!address) return;
  client?.close();
  // The engine is on this machine, so ignore any proxy of the environment.
  client = new EngineClient(address, grpc.credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
  engine = address;
}

export function engineAddress(): string | undefined {
  return engine;
}

const LOOK_EVERY_MS = 1_000;
const parent = process.ppid;

/**
 * Calls `gone` once the engine has ended without a signal to its plugins, as after SIGKILL. If no engine was
 * ever seen at the address, as with a debugger's `Attach`, a refused connection proves nothing; then the
 * parent process must be gone as well.
 */
export function watchEngine(gone: () => void): void {
  const { READY, TRANSIENT_FAILURE } = grpc.connectivityState;
  let wasThere = false;
  let refusals = 0;
  const timer = setInterval(() => {
    const state = client?.getChannel().getConnectivityState(true);
    if (state === READY) wasThere = true;
    refusals = state === TRANSIENT_FAILURE ? refusals + 1 : 0;
    if (refusals < 2 || !(wasThere || process.ppid !== parent)) return;
    clearInterval(timer);
    gone();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** For a busy engine: a line may name a key that only the user can revoke. */
const LONGEST_WAIT_MS = 10_000;
const pending = new Set<Promise<void>>();

/** A line at the resource of the running call. */
export const log: Log = (message, severity) => {
  const request = new LogRequest()
    .setSeverity(severity === "info" ? LogSeverity.INFO : LogSeverity.WARNING)
    .setMessage(withoutSecrets(message))
    .setUrn(urnOfCall());
  const sent = new Promise<void>((resolve) => {
    // The engine may not be listening, which is not an error.
    const options = { deadline: Date.now() + LONGEST_WAIT_MS };
    if (client) client.log(request, new grpc.Metadata(), options, () => resolve());
    else resolve();
  });
  pending.add(sent);
  void sent.then(() => pending.delete(sent));
};

/** Waits until all log lines have arrived: the engine may end a plugin once its calls are answered. */
export async function logged(): Promise<void> {
  await Promise.all(pending);
}
