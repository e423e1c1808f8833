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

/** What a proxy answers to CONNECT, each with a body that would be believed if it came from the API. */
const FORGERIES: [name: string, status: number, body: string, method: NonNullable<Call["method"]>][] = [
  ["an empty list, with 200 but without TLS", 200, "[]", "GET"],
  ["an empty list", 203, "[]", "GET"],
  ["a deletion", 204, "", "DELETE"],
  ["a redirect", 301, "", "GET"],
  ["a missing key", 404, '{"detail":"Not found"}', "DELETE"],
  ["a request for credentials", 407, `{"detail":"${CREDENTIAL} may not"}`, "POST"],
  ["a bad gateway", 502, "<html>", "POST"],
  [
    "a new key",
    201,
    '{"id":"a","key":"wayscloud_abc_Chosen","key_prefix":"wayscloud_abc","key_type":"service"}',
    "POST",
  ],
];

const servers: Record<string, HttpsServer> = {};
const proxies: Record<string, Proxy> = {};
let trusted: Record<string, Result>;
let untrusted: Record<string, Result>;
let unverified: Record<string, Result>;
let relay: Relay;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tls-"));
  const authority = newAuthority();
  writeFileSync(join(folder, "ca.pem"), authority.cert);
  for (const name of "direct tunnelled bypassed posted unknown unverified damaged forged".split(" ")) {
    servers[name] = await startHttpsServer(authority.issue(["127.0.0.1", "localhost"]));
  }
  servers.expired = await startHttpsServer(authority.issue(["127.0.0.1"], -1));
  servers.renamed = await startHttpsServer(authority.issue(["other.invalid"]));
  for (const name of ["tunnelled", "bypassed", "posted", "expired", "unverified"])
    proxies[name] = await startProxy();
  for (const [name, status, body] of FORGERIES) proxies[name] = await startProxy({ status, body });

  const { damaged } = servers;
  relay = await startDamagingRelay(damaged!.port, () => damaged!.requests.length > 0);

  const at = (name: string) => `https://127.0.0.1:${servers[name]!.port}`;
  const by = (name: string) => ({ HTTPS_PROXY: proxies[name]!.url });
  const calls: Record<string, Call> = {
    direct: { endpoint: at("direct") },
    tunnelled: { endpoint: at("tunnelled"), env: by("tunnelled") },
    bypassed: { endpoint: at("bypassed"), env: { ...by("bypassed"), NO_PROXY: "127.0.0.1,other.invalid" } },
    posted: { endpoint: at("posted"), env: { https_proxy: proxies.posted!.url }, method: "POST" },
    ...Object.fromEntries(
      FORGERIES.map(([name, , , method]) => [name, { endpoint: at("forged"), env: by(name), method }]),
    ),
    absent: { endpoint: at("direct"), env: { HTTPS_PROXY: "http://127.0.0.1:1" }, method: "POST" },
    expired: { endpoint: at("expired"), method: "POST" },
    renamed: { endpoint: at("renamed"), method: "POST" },
    expiredTunnelled: { endpoint: at("expired"), env: by("expired"), method: "POST" },
    damaged: { endpoint: `https://127.0.0.1:${relay.port}`, method: "POST" },
    // A proxy that was not asked to be one: plain HTTP where TLS is expected.
    notTls: { endpoint: proxies.tunnelled!.url.replace("http:", "https:"), method: "POST" },
  };
  const run = async (these: Record<string, Call>, env: Record<string, string>) => {
    const results = await callInChild(Object.values(these), env);
    return Object.fromEntries(Object.keys(these).map((name, index) => [name, results[index]!]));
  };
  const insecure: Record<string, Call> = {
    direct: { endpoint: at("unverified"), method: "POST" },
    tunnelled: { endpoint: at("unverified"), env: by("unverified"), method: "POST" },
    renamed: { endpoint: at("renamed"), method: "POST" },
  };
  [trusted, untrusted, unverified] = await Promise.all([
    run(calls, { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }),
    run({ unknown: { endpoint: at("unknown"), method: "POST" } }, {}),
    run(insecure, { NODE_TLS_REJECT_UNAUTHORIZED: "0" }),
  ]);
});

afterAll(async () => {
  await relay.close();
  await Promise.all([...Object.values(servers), ...Object.values(proxies)].map((each) => each.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe("a certificate of a private authority", () => {
  test("is accepted with NODE_EXTRA_CA_CERTS", () => {
    expect(trusted.direct).toEqual({ ok: true });
    expect(servers.direct!.requests).toMatchObject([
      { method: "GET", path: "/v1/account/ssh-keys", headers: { "x-api-key": CREDENTIAL } },
    ]);
  });

  test("is refused without it, after one attempt, and the message names NODE_EXTRA_CA_CERTS", () => {
    expect(untrusted.unknown).toMatchObject(failed("rejected"));
    expect(untrusted.unknown!.message).toContain("NODE_EXTRA_CA_CERTS");
    expect(untrusted.unknown!.message).toContain(`127.0.0.1:${servers.unknown!.port}`);
    expect(servers.unknown!.requests).toEqual([]);
    expect(servers.unknown!.refused).toBeLessThanOrEqual(1);
  });

  test.each([
    ["expired", "CERT_HAS_EXPIRED"],
    ["renamed", "ERR_TLS_CERT_ALTNAME_INVALID"],
  ])("that is %s is refused, and nothing is sent", (name, code) => {
    expect(trusted[name]).toMatchObject(failed("rejected"));
    expect(trusted[name]!.message).toContain(code);
    expect(servers[name]!.requests).toEqual([]);
  });
});

describe("with NODE_TLS_REJECT_UNAUTHORIZED=0", () => {
  test.each(["direct", "tunnelled", "renamed"])(
    "certificates (%s) are verified all the same, nothing is sent, and one line says so",
    (name) => {
      expect(unverified[name]).toMatchObject(failed("rejected"));
      expect(unverified[name]!.message).toContain("NODE_EXTRA_CA_CERTS");
      expect(unverified[name]!.log).toEqual([expect.stringContaining("NODE_TLS_REJECT_UNAUTHORIZED")]);
      expect(servers.unverified!.requests).toEqual([]);
      expect(servers.renamed!.requests).toEqual([]);
    },
  );

  test("is not mentioned where it is not set", () => {
    expect(untrusted.unknown!.log).toEqual([]);
  });
});

describe("TLS that fails", () => {
  test("in the handshake, since the server speaks plain HTTP: refused, and nothing was sent", () => {
    expect(trusted.notTls).toMatchObject(failed("rejected"));
    expect(trusted.notTls!.message).toMatch(/\((ERR_SSL_WRONG_VERSION_NUMBER|EPROTO)\)\. .*TLS handshake/);
  });

  test("after the request went out is no refusal: it may have taken effect", () => {
    expect(servers.damaged!.requests).toHaveLength(1);
    expect(relay.damaged).toBeGreaterThan(0);
    expect(trusted.damaged).toMatchObject(failed("ambiguous"));
    expect(trusted.damaged!.message).toContain("ERR_SSL_");
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

  test("NO_PROXY is honoured", () => {
    expect(trusted.bypassed).toEqual({ ok: true });
    expect([proxies.bypassed!.tunnels, proxies.bypassed!.plain]).toEqual([[], []]);
    expect(servers.bypassed!.requests).toHaveLength(1);
  });

  test("a certificate is refused inside the tunnel as well, and nothing is sent through it", () => {
    expect(trusted.expiredTunnelled).toMatchObject({ ok: false, outcome: "rejected", leaks: false });
    expect(trusted.expiredTunnelled!.message).toContain("CERT_HAS_EXPIRED");
    expect(proxies.expired!.tunnels).toHaveLength(1);
    expect(servers.expired!.requests).toEqual([]);
  });

  test.each(FORGERIES)(
    "that forges %s (%d), nothing of it is believed, and nothing is sent to it",
    (name, status, body) => {
      const [result, { tunnels, plain, seen }] = [trusted[name]!, proxies[name]!];
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
    expect(trusted.absent).toMatchObject(failed("not-sent"));
  });
});
