// Emulators that end with their test, and a bare HTTP client of each: what came back, as it came back.
import { spawn } from "node:child_process";
import { once } from "node:events";
import http from "node:http";
import { join } from "node:path";
import { startEmulator, type Emulator, type EmulatorOptions } from "../../src/emulator";
import { parsedJson } from "../../src/values";

export const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl user@workstation";
/** Another key of the same type. */
export const OTHER_ED25519 = ED25519.split(" ").slice(0, 2).join(" ").replace("IOMq", "IOMr");

/** A server, without the optional fields. */
export const SERVER = {
  hostname: "web",
  plan_code: "NO-Start-Linux-2cpu-4096mb-30gb",
  region: "NO",
  os_template: "ubuntu-24.04",
};

export const PROFILE = "/v1/account/profile";
export const KEYS = "/v1/account/api-keys";
export const SERVICE = `${KEYS}/service`;
export const PAT = `${KEYS}/pat`;
export const SSH = "/v1/account/ssh-keys";
export const DNS = { service: "dns" };
export const NOW = Date.parse("2024-03-01T14:00:00Z");

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
  json: any;
}

interface Raw {
  code?: string;
  complete?: boolean;
  announced?: number;
  text: string;
}

type Headers = Record<string, string>;

/** Sends requests with a credential; a header with an empty value is left out. */
export class Client {
  constructor(
    readonly url: string,
    readonly apiKey: string,
  ) {}

  /** The same emulator, with another credential. */
  as(apiKey: string): Client {
    return new Client(this.url, apiKey);
  }

  get(path: string, headers?: Headers): Promise<Reply> {
    return this.send("GET", path, undefined, headers);
  }

  post(path: string, body?: unknown, headers?: Headers): Promise<Reply> {
    return this.send("POST", path, body, headers);
  }

  delete(path: string): Promise<Reply> {
    return this.send("DELETE", path);
  }

  async send(method: string, path: string, body?: unknown, headers: Headers = {}): Promise<Reply> {
    const all = { "x-api-key": this.apiKey, "content-type": "application/json", ...headers };
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
    const isReady = body === undefined || typeof body === "string" || body instanceof Uint8Array;
    const content = isReady ? (body ?? null) : JSON.stringify(body);
    const init: RequestInit = { method, headers: sent, body: content, redirect: "manual" };
    const response = await fetch(this.url + path, init);
    const [text, replied] = [await response.text(), Object.fromEntries(response.headers)];
    return { status: response.status, headers: replied, text, json: parsedJson(text) };
  }

  /** The outcome of a request for its connection: an error code, or what arrived before the end. */
  async raw(method: string, path: string, body?: unknown): Promise<Raw> {
    const headers = { "x-api-key": this.apiKey, "content-type": "application/json" };
    const request = http.request(this.url + path, { method, headers, agent: false });
    request.end(body === undefined ? undefined : JSON.stringify(body));
    const [response, failure] = await once(request, "response").catch((error: unknown) => [undefined, error]);
    if (!response) return { code: (failure as NodeJS.ErrnoException).code ?? "", text: "" };
    let text = "";
    response.on("data", (chunk: Buffer) => (text += chunk.toString())).on("error", () => undefined);
    await new Promise((resolve) => response.on("close", resolve));
    return { complete: response.complete, announced: Number(response.headers["content-length"]), text };
  }
}

export type Started = Emulator & { client: Client };

const open: Emulator[] = [];
afterEach(() => Promise.all(open.splice(0).map((emulator) => emulator.close().catch(() => undefined))));

/** Starts an emulator that is closed after the test. */
export async function start(options?: EmulatorOptions): Promise<Started> {
  const emulator = await startEmulator(options);
  open.push(emulator);
  return Object.assign(emulator, { client: new Client(emulator.url, emulator.apiKey) });
}

/** A client of the emulator that printed how to use it. */
export function clientOf(printed: string): Client {
  const value = (name: string): string => new RegExp(`^export ${name}=(.*)$`, "m").exec(printed)![1]!;
  return new Client(value("WAYSCLOUD_ENDPOINT"), value("WAYSCLOUD_PAT_TOKEN"));
}

/** The command as a process of its own, once it says how to use it; `ended` resolves to its exit code. */
export async function spawned(...args: string[]) {
  const root = join(__dirname, "../..");
  const script = [join(root, "test/support/run-typescript.js"), join(root, "src/cli/emulator-main.ts")];
  const child = spawn(process.execPath, [...script, "--port", "0", ...args]);
  const ended = once(child, "close").then(([code]) => code as number | null);
  const printed = { out: "", error: "" };
  child.stderr.on("data", (chunk) => (printed.error += String(chunk)));
  for await (const chunk of child.stdout) if (/TOKEN=\S+\n/.test((printed.out += String(chunk)))) break;
  return { child, ended, client: clientOf(printed.out), errors: () => printed.error };
}
