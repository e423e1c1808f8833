// Proxies and TLS: the rules that choose a proxy, as a table, and real servers, for calls in a process of its own, since Node.js reads NODE_EXTRA_CA_CERTS
// at its start.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { proxyFor } from "../../src/api/proxy";
import { ConfigurationError } from "../../src/errors";
import { CREDENTIAL } from "../support/api";
import type { Call, Result } from "../support/calls-in-child";
import { newAuthority } from "../support/certificate";
import { startDamagingRelay, type Relay } from "../support/damaging-relay";
import { startHttpsServer, type HttpsServer } from "../support/https-server";
import { ObservedTable } from "../support/observed-table";
import { startProxy, type Proxy } from "../support/proxy";

const PASSWORD = "p@ss:w/rd#%";
const ENCODED = encodeURIComponent(PASSWORD);

describe("the rules", () => {
  const api = new URL("https://api.corp.test");

  test.each([
    ["http://proxy:3128", "http: proxy 3128"],
    ["proxy:3128", "http: proxy 3128"],
    ["proxy", "http: proxy 80"],
    [" https://proxy ", "https: proxy 443"],
    ["http://[::1]:3128/", "http: [::1] 3128"],
    ["", "none"],
  ])("HTTPS_PROXY=%j: %s", (value, expected) => {
    const proxy = proxyFor(api, { HTTPS_PROXY: value });
    expect(proxy ? `${proxy.protocol} ${proxy.hostname} ${proxy.port}` : "none").toBe(expected);
  });

  test.each([
    [true, "corp.test|CORP.test|api.corp.test|.corp.test|*.corp.test|*|other.test, corp.test|corp.test:443"],
    [false, "corp.test:8443|.api.corp.test|rp.test|corp|api.corp.test.evil|,, ,|.|127.0.0.0/8"],
  ])("NO_PROXY excepts api.corp.test (%s): %s", (isExcepted, lists) => {
    for (const list of lists.split("|")) {
      const env = { HTTPS_PROXY: "proxy", NO_PROXY: list };
      expect([list, proxyFor(api, env) === undefined]).toEqual([list, isExcepted]);
      expect(proxyFor(api, { ...env, NO_PROXY: "", no_proxy: list }) === undefined).toBe(isExcepted);
    }
  });

  test.each([
    ["10.1.2.3", true, "10.1.2.3 10.1.2.3:443 10.0.0.0/8"],
    ["10.1.2.3", false, "10.1.2.3:80 10.0.0.0/16 10.0.0.0/99 2.3"],
    ["[fd00::1]", true, "fd00::1 [fd00:0::1]:443 fd00::/8"],
    ["[fd00::1]", false, "10.0.0.0/8"],
  ])("NO_PROXY excepts the address %s (%s): %s", (host, isExcepted, lists) => {
    for (const list of lists.split(" ")) {
      const proxy = proxyFor(new URL(`https://${host}`), { HTTPS_PROXY: "proxy", NO_PROXY: list });
      expect([list, proxy === undefined]).toEqual([list, isExcepted]);
    }
  });

  test("of both letter cases the lower one counts, and ALL_PROXY and HTTP_PROXY do not", () => {
    const lower = proxyFor(api, { HTTPS_PROXY: "upper", https_proxy: "lower" });
    expect(lower).toMatchObject({ name: "lower:80", variable: "https_proxy" });
    expect(proxyFor(api, { HTTPS_PROXY: "upper", https_proxy: " " })).toMatchObject({ name: "upper:80" });
    const others = { ALL_PROXY: "a", all_proxy: "b", HTTP_PROXY: "c", http_proxy: "d" };
    expect(proxyFor(api, others)).toBeUndefined();
  });

  test.each([
    ["socks5://proxy:1080", "a SOCKS proxy (socks5://)"],
    ["socks5h://u:secret@proxy", "a SOCKS proxy (socks5h://)"],
    ["ftp://proxy", "an unknown kind (ftp://)"],
    ["http://DOMAIN\\user:secret@proxy", "%5C for a backslash"],
    ["http://user:secret%zz@proxy", "is not the URL of a proxy"],
    ["http://", "is not the URL of a proxy"],
  ])("HTTPS_PROXY=%s is an error that names the variable and shows no password", (value, text) => {
    const read = () => proxyFor(api, { HTTPS_PROXY: value });
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(text);
    expect(read).toThrow(/^HTTPS_PROXY/);
    expect(read).not.toThrow(/secret/);
    expect(proxyFor(api, { HTTPS_PROXY: value, NO_PROXY: "corp.test" })).toBeUndefined();
  });
});

/** A call: `proxy` in a variable stands for the address of its own proxy. */
interface Row extends Pick<Call, "env" | "method"> {
  server?: "api" | "expired" | "damaged" | "plain";
  /** By its address instead of its name, which only the proxy resolves. */
  byAddress?: boolean;
  /** What the proxy answers to CONNECT instead of opening a tunnel. */
  refusal?: { status: number; body: string };
}

const PROXY = { HTTPS_PROXY: "proxy" };
const WITH_PASSWORD = "`HTTPS_PROXY=http://CORP%5Cuser:p%40ss…@proxy:3128`";
const REFUSING = "a proxy that asks for other credentials (407)";

/** By the setting as the document shows it. */
const DOCUMENTED: Record<string, Row> = {
  "`HTTPS_PROXY=http://proxy:3128`": { env: { HTTPS_PROXY: "http://proxy" } },
  "`https_proxy=proxy:3128` (no scheme)": { env: { https_proxy: "proxy" }, method: "POST" },
  [WITH_PASSWORD]: { env: { HTTPS_PROXY: `http://CORP%5Cuser:${ENCODED}@proxy` } },
  "`ALL_PROXY` or `HTTP_PROXY` alone": { env: { ALL_PROXY: "http://proxy", HTTP_PROXY: "http://proxy" } },
  "`NO_PROXY=corp.test` (also `.corp.test`, `*.corp.test`, `corp.test:443`, `*`)": {
    env: { ...PROXY, NO_PROXY: "corp.test" },
  },
  "`NO_PROXY=127.0.0.0/8`, for an endpoint with such an address": {
    env: { ...PROXY, NO_PROXY: "127.0.0.0/8" },
    byAddress: true,
  },
  "`NO_PROXY=rp.test`, `NO_PROXY=corp.test:8443`": { env: { ...PROXY, NO_PROXY: "rp.test,corp.test:8443" } },
  "`HTTPS_PROXY=socks5://proxy:3128`": { env: { HTTPS_PROXY: "socks5://proxy" } },
  "`HTTPS_PROXY=https://proxy:3128`, of a proxy that speaks plain HTTP": {
    env: { HTTPS_PROXY: "https://proxy" },
  },
  "a proxy that does not run": { env: { HTTPS_PROXY: "http://user:secret@127.0.0.1:1" }, method: "POST" },
  "a proxy whose name does not resolve": { env: { HTTPS_PROXY: "http://user:secret@proxy.invalid:3128" } },
  [REFUSING]: {
    ...{ env: PROXY, method: "POST" },
    refusal: { status: 407, body: `{"detail":"${CREDENTIAL} may not"}` },
  },
  "a proxy that refuses the endpoint (403)": { env: PROXY, refusal: { status: 403, body: "" } },
};
const OTHERS: Record<string, Row> = {
  "a list without TLS": { env: PROXY, refusal: { status: 200, body: "[]" } },
  "a deletion": { env: PROXY, method: "DELETE", refusal: { status: 204, body: "" } },
  "a bad gateway": { env: PROXY, method: "POST", refusal: { status: 502, body: "<html>" } },
  expired: { server: "expired", byAddress: true, method: "POST" },
  "expired, in a tunnel": { server: "expired", env: PROXY, method: "POST" },
  damaged: { server: "damaged", byAddress: true, method: "POST" },
  // Plain HTTP where TLS is expected.
  plain: { server: "plain", byAddress: true, method: "POST" },
};

describe("real servers", () => {
  const table = new ObservedTable("docs/installation-configuration.md", "Proxies and certificates");
  const proxies: Record<string, Proxy> = {};
  const results: Record<string, Result> = {};
  let [api, expired, damaged]: HttpsServer[] = [];
  let relay: Relay;

  beforeAll(async () => {
    const authority = newAuthority();
    const answer = (path: string) => (path.endsWith("/service") ? '{"id":"i","key":"wayscloud_a_b"}' : "[]");
    const start = (days?: number) =>
      startHttpsServer(authority.issue(["127.0.0.1", "api.corp.test"], days), answer);
    [api, expired, damaged] = [await start(), await start(-1), await start()];
    relay = await startDamagingRelay(damaged.port, () => damaged!.requests.length > 0);
    proxies.plain = await startProxy();
    const plain = Number(new URL(proxies.plain.url).port);
    const ports = { api: api.port, expired: expired.port, damaged: relay.port, plain };
    const rows = Object.entries({ ...DOCUMENTED, ...OTHERS });
    const calls: Call[] = [];
    for (const [name, { env = {}, method, server = "api", byAddress, refusal }] of rows) {
      proxies[name] ??= await startProxy(refusal, ports[server]);
      const address = proxies[name].url.replace("http://", "");
      const set = Object.entries(env).map(([key, value]) => [key, value.replace(/\bproxy$/, address)]);
      const endpoint = byAddress ? `https://127.0.0.1:${ports[server]}` : "https://api.corp.test";
      calls.push({ endpoint, env: Object.fromEntries(set), ...(method && { method }) });
    }
    const found = await callInChild(calls, authority.cert);
    rows.forEach(([name], index) => (results[name] = found[index]!));
  });

  afterAll(async () => {
    await Promise.all([api, expired, damaged, relay, ...Object.values(proxies)].map((each) => each!.close()));
    table.compare();
  });

  test.each(Object.keys(DOCUMENTED))("%s", (setting) => {
    const [result, proxy] = [results[setting]!, proxies[setting]!];
    const isTunnelled = result.ok && proxy.tunnels.length === 1;
    const isDirect =
      proxy.tunnels.length === 0 &&
      (result.ok || /api\.corp\.test \((ENOTFOUND|EAI_AGAIN)\)/.test(result.message!));
    const direct = isDirect ? "directly" : shown(result.message ?? "", proxy.url.replace("http://", ""));
    const what = isTunnelled ? "through the proxy" : direct;
    table.note(setting, setting === WITH_PASSWORD ? `${what}, as \`CORP\\user\`, password \`p@ss…\`` : what);
    expect(result.message ?? "").not.toContain("secret");
    if (!isTunnelled && !isDirect)
      expect(result).toMatchObject({ outcome: expect.stringMatching(/rejected|not-sent/) });
  });

  test("no error holds the credential, and only what succeeded reached the API, with the credential", () => {
    const all = Object.values(results);
    expect(all.filter(({ leaks }) => leaks)).toEqual([]);
    expect(api!.requests.map(({ headers }) => headers["x-api-key"])).toEqual(
      all.filter(({ ok }) => ok).map(() => CREDENTIAL),
    );
    expect(api!.requests.length).toBeGreaterThan(3);
    expect(expired!.requests).toEqual([]);
  });

  test("a proxy sees CONNECT and never the credential", () => {
    for (const { plain, seen } of Object.values(proxies)) {
      expect(plain).toEqual([]);
      for (const trace of [CREDENTIAL, "x-api-key", "X-API-Key", "/v1/account"])
        expect(seen()).not.toContain(trace);
    }
    // The tunnel's bytes did pass, so looking into them proves something.
    const { tunnels, seen } = proxies["`HTTPS_PROXY=http://proxy:3128`"]!;
    expect([tunnels, seen().length > 1_000]).toEqual([["api.corp.test:443"], true]);
  });

  test("user and password reach the proxy decoded", () => {
    const basic = Buffer.from(`CORP\\user:${PASSWORD}`).toString("base64");
    expect(proxies[WITH_PASSWORD]!.seen()).toContain(`Basic ${basic}`);
  });

  // What was not sent may be tried again, even a POST.
  test.each([
    [REFUSING, 407, "rejected", 1],
    ["a deletion", 204, "rejected", 1],
    ["a bad gateway", 502, "not-sent", 4],
  ])("of a proxy that forges %s (%d) nothing is believed", (name, status, outcome, tunnels) => {
    const message = expect.stringMatching(
      `was not sent to api.corp.test: the proxy refused the connection with status ${status} \\(.*HTTPS_PROXY`,
    );
    expect(results[name]).toEqual({ ok: false, name: "ConnectionError", outcome, message, leaks: false });
    expect(results[name]!.message).not.toMatch(/Redirects|<html>/);
    expect(proxies[name]!.tunnels).toHaveLength(tunnels);
  });

  test("a list from a proxy without TLS is not believed", () => {
    const { message, outcome, ...result } = results["a list without TLS"]!;
    expect(result).toEqual({ ok: false, name: "ConnectionError", leaks: false });
    expect(outcome).not.toBe("not-sent");
    expect(message).not.toMatch(/Redirects|\[\]/);
  });

  test.each<[name: string, outcome: string, message: RegExp]>([
    ["expired", "rejected", /CERT_HAS_EXPIRED.*NODE_EXTRA_CA_CERTS/],
    ["expired, in a tunnel", "rejected", /CERT_HAS_EXPIRED/],
    ["plain", "rejected", /\((ERR_SSL_WRONG_VERSION_NUMBER|EPROTO)\)\. .*TLS handshake/],
    // After the request went out: it may have taken effect.
    ["damaged", "ambiguous", /ERR_SSL_/],
  ])("TLS that fails (%s) is %s", (name, outcome, message) => {
    const failed = { ok: false, name: "ConnectionError", message: expect.stringMatching(message) };
    expect(results[name]).toEqual({ ...failed, outcome, leaks: false });
    expect([damaged!.requests.length, relay.damaged > 0]).toEqual([1, true]);
    expect(proxies[name]!.tunnels).toHaveLength(name === "expired, in a tunnel" ? 1 : 0);
  });
});

/** Makes the calls in a process that trusts this authority, with none of the proxy variables of ours. */
async function callInChild(calls: Call[], authority: string): Promise<Result[]> {
  const clean = Object.entries(process.env).filter(([name]) => !/proxy|^NODE_|^WAYSCLOUD/i.test(name));
  const folder = mkdtempSync(join(tmpdir(), "proxy-"));
  const file = join(folder, "ca.pem");
  writeFileSync(file, authority);
  const support = join(__dirname, "../support");
  const script = [join(support, "run-typescript.js"), join(support, "calls-in-child.ts")];
  const options = { env: { ...Object.fromEntries(clean), NODE_EXTRA_CA_CERTS: file }, timeout: 300_000 };
  try {
    const args = [...script, JSON.stringify(calls)];
    const { stdout } = await promisify(execFile)(process.execPath, args, options);
    return JSON.parse(stdout) as Result[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The part of a message that is about the proxy, as in the document. */
function shown(message: string, address: string): string {
  const about = /: (the proxy .*)$/.exec(message)?.[1] ?? message;
  return `error: \`${about
    .replace(/\((EPROTO|ERR_SSL_\w+|ENOTFOUND|EAI_AGAIN)\)/, "(…)")
    .replaceAll(address, "proxy:3128")
    .replaceAll("proxy.invalid", "proxy")}\``;
}
