// TLS and proxies, in processes of their own: both are set up by environment variables that Node reads at its start.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CREDENTIAL } from "../support/api";
import { callInChild } from "../support/call-in-child";
import type { Call, Result } from "../support/calls-in-child";
import { newAuthority } from "../support/certificate";
import { startDamagingRelay } from "../support/damaging-relay";
import type { Relay } from "../support/damaging-relay";
import { startHttpsServer } from "../support/https-server";
import type { HttpsServer } from "../support/https-server";
import { startProxy } from "../support/proxy";
import type { Proxy } from "../support/proxy";

/** A call without an answer, of which nothing leaked. */
const failed = (outcome: string) => ({ ok: false, name: "ConnectionError", outcome, leaks: false });

/** What a proxy answers to CONNECT, with bodies that would be believed if they came from the API. */
const FORGERIES: [name: string, status: number, body: string, method: NonNullable<Call["method"]>][] = [
  ["an empty list, with 200 but without TLS", 200, "[]", "GET"],
  ["a deletion", 204, "", "DELETE"],
  ["a request for credentials", 407, `{"detail":"${CREDENTIAL} may not"}`, "POST"],
  ["a bad gateway", 502, "<html>", "POST"],
];

const servers: Record<string, HttpsServer> = {};
const proxies: Record<string, Proxy> = {};
let results: Record<string, Result>;
let relay: Relay;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  const authority = newAuthority();
  writeFileSync(join(folder, "ca.pem"), authority.cert);
  for (const name of "direct tunnelled posted damaged forged".split(" ")) {
    servers[name] = await startHttpsServer(authority.issue(["127.0.0.1", "localhost"]));
  }
  servers.expired = await startHttpsServer(authority.issue(["127.0.0.1"], -1));
  for (const name of ["tunnelled", "posted", "expired"]) proxies[name] = await startProxy();
  for (const [name, status, body] of FORGERIES) proxies[name] = await startProxy({ status, body });

  const { damaged } = servers;
  relay = await startDamagingRelay(damaged!.port, () => damaged!.requests.length > 0);

  const at = (name: string) => `https://127.0.0.1:${servers[name]!.port}`;
  const by = (name: string) => ({ HTTPS_PROXY: proxies[name]!.url });
  const calls: Record<string, Call> = {
    direct: { endpoint: at("direct") },
    tunnelled: { endpoint: at("tunnelled"), env: by("tunnelled") },
    posted: { endpoint: at("posted"), env: { https_proxy: proxies.posted!.url }, method: "POST" },
    ...Object.fromEntries(
      FORGERIES.map(([name, , , method]) => [name, { endpoint: at("forged"), env: by(name), method }]),
    ),
    absent: { endpoint: at("direct"), env: { HTTPS_PROXY: "http://127.0.0.1:1" }, method: "POST" },
    expired: { endpoint: at("expired"), method: "POST" },
    expiredTunnelled: { endpoint: at("expired"), env: by("expired"), method: "POST" },
    damaged: { endpoint: `https://127.0.0.1:${relay.port}`, method: "POST" },
    // A proxy that was not asked to be one: plain HTTP where TLS is expected.
    notTls: { endpoint: proxies.tunnelled!.url.replace("http:", "https:"), method: "POST" },
  };
  const found = await callInChild(Object.values(calls), { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") });
  results = Object.fromEntries(Object.keys(calls).map((name, index) => [name, found[index]!]));
});

afterAll(async () => {
  await relay.close();
  await Promise.all([...Object.values(servers), ...Object.values(proxies)].map((each) => each.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe("a certificate of a private authority", () => {
  test("is accepted with NODE_EXTRA_CA_CERTS", () => {
    expect(results.direct).toEqual({ ok: true });
    expect(servers.direct!.requests).toMatchObject([
      { method: "GET", path: "/v1/account/ssh-keys", headers: { "x-api-key": CREDENTIAL } },
    ]);
  });

  test("that is expired is refused, nothing is sent, and the message names NODE_EXTRA_CA_CERTS", () => {
    expect(results.expired).toMatchObject(failed("rejected"));
    expect(results.expired!.message).toMatch(/CERT_HAS_EXPIRED.*NODE_EXTRA_CA_CERTS/);
    expect(servers.expired!.requests).toEqual([]);
  });
});

describe("TLS that fails", () => {
  test("in the handshake, since the server speaks plain HTTP: refused, and nothing was sent", () => {
    expect(results.notTls).toMatchObject(failed("rejected"));
    expect(results.notTls!.message).toMatch(/\((ERR_SSL_WRONG_VERSION_NUMBER|EPROTO)\)\. .*TLS handshake/);
  });

  test("after the request went out is no refusal: it may have taken effect", () => {
    expect(servers.damaged!.requests).toHaveLength(1);
    expect(relay.damaged).toBeGreaterThan(0);
    expect(results.damaged).toMatchObject(failed("ambiguous"));
    expect(results.damaged!.message).toContain("ERR_SSL_");
  });
});

describe("behind HTTPS_PROXY", () => {
  test.each(["tunnelled", "posted"])(
    "a request (%s) goes through CONNECT, and the proxy never sees the credential",
    (name) => {
      const { tunnels, plain, seen } = proxies[name]!;
      expect(tunnels).toEqual([`127.0.0.1:${servers[name]!.port}`]);
      expect(plain).toEqual([]);
      // It did see the tunnel's bytes, so looking into them proves something.
      expect(seen().length).toBeGreaterThan(1_000);
      for (const trace of [CREDENTIAL, "x-api-key", "X-API-Key", "/v1/account"])
        expect(seen()).not.toContain(trace);
      expect(servers[name]!.requests).toMatchObject([{ headers: { "x-api-key": CREDENTIAL } }]);
    },
  );

  test("a certificate is refused inside the tunnel as well, and nothing is sent through it", () => {
    expect(results.expiredTunnelled).toMatchObject({ ok: false, outcome: "rejected", leaks: false });
    expect(results.expiredTunnelled!.message).toContain("CERT_HAS_EXPIRED");
    expect(proxies.expired!.tunnels).toHaveLength(1);
    expect(servers.expired!.requests).toEqual([]);
  });

  test.each(FORGERIES)(
    "that forges %s (%d), nothing of it is believed, and nothing is sent to it",
    (name, status, body) => {
      const [result, { tunnels, plain, seen }] = [results[name]!, proxies[name]!];
      expect(result).toMatchObject({ ok: false, name: "ConnectionError", leaks: false });
      expect(result.status).toBeUndefined();
      expect(result.message).not.toContain("Redirects");
      if (status === 200) expect(result.outcome).not.toBe("not-sent");
      else {
        expect(result.outcome).toBe(status === 502 ? "not-sent" : "rejected");
        expect(result.message).toContain(
          `was not sent to 127.0.0.1:${servers.forged!.port}: the proxy refused the connection with status ${status} (`,
        );
        expect(result.message).toContain("HTTPS_PROXY");
      }
      expect(body === "" || !result.message!.includes(body)).toBe(true);
      // What was not sent may be tried again, even a POST.
      if (status !== 200) expect(tunnels).toHaveLength(status === 502 ? 4 : 1);
      expect(plain).toEqual([]);
      for (const trace of [CREDENTIAL, "x-api-key", "X-API-Key", "/v1/account"])
        expect(seen()).not.toContain(trace);
      expect(servers.forged!.requests).toEqual([]);
    },
  );

  test("that is not there, nothing was sent", () => {
    expect(results.absent).toMatchObject(failed("not-sent"));
  });
});
