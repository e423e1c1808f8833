// A bare HTTP client for these tests: what came back, as it came back.
import http from "node:http";
import type { Emulator } from "../../src/emulator";

export const ED25519 =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl user@workstation";

/** A server, without the optional fields. */
export const SERVER = {
  hostname: "web",
  plan_code: "NO-Start-Linux-2cpu-4096mb-30gb",
  region: "NO",
  os_template: "ubuntu-24.04",
};

export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
  json: any;
}

/** One request with the emulator's credential; `headers` with an empty value leaves that header out. */
export async function send(
  emulator: Pick<Emulator, "url" | "apiKey">,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const all = { "x-api-key": emulator.apiKey, "content-type": "application/json", ...headers };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ""));
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const init = {
    method,
    headers: sent,
    redirect: "manual" as const,
    ...(body === undefined ? {} : { body: text }),
  };
  const response = await fetch(emulator.url + path, init);
  const received = await response.text();
  let json: any;
  try {
    json = JSON.parse(received);
  } catch {
    json = undefined;
  }
  return { status: response.status, headers: Object.fromEntries(response.headers), text: received, json };
}

/** What becomes of a request at the level of the connection: an error code, or what arrived before the end. */
export function raw(
  emulator: Pick<Emulator, "url" | "apiKey">,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ code?: string; complete?: boolean; announced?: number; text: string }> {
  return new Promise((resolve) => {
    const headers = { "x-api-key": emulator.apiKey, "content-type": "application/json" };
    const request = http.request(emulator.url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", () => undefined);
      response.on("close", () =>
        resolve({
          complete: response.complete,
          announced: Number(response.headers["content-length"]),
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? "", text: "" }));
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
