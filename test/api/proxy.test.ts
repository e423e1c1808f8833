// Which proxy requests go through, and what is said of one that fails: the rules as a table, and real proxies in a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { proxyFor } from "../../src/api/proxy";
import { ConfigurationError } from "../../src/errors";
import { callInChild } from "../support/call-in-child";
import type { Result } from "../support/calls-in-child";
import { newAuthority } from "../support/certificate";
import { startHttpsServer } from "../support/https-server";
import type { HttpsServer } from "../support/https-server";
import { ObservedTable } from "../support/observed-table";
import { startProxy } from "../support/proxy";
import type { Proxy } from "../support/proxy";

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
    expect(proxyFor(api, { HTTPS_PROXY: "upper", https_proxy: "lower" })).toMatchObject({
      name: "lower:80",
      variable: "https_proxy",
    });
    expect(proxyFor(api, { HTTPS_PROXY: "upper", https_proxy: " " })).toMatchObject({ name: "upper:80" });
    expect(
      proxyFor(api, { ALL_PROXY: "a", all_proxy: "b", HTTP_PROXY: "c", http_proxy: "d" }),
    ).toBeUndefined();
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

/** What a row of the table does: the setting as the document shows it, the variables, and where `proxy` stands for the proxy's address. */
interface Row {
  setting: string;
  env: Record<string, string>;
  refusal?: number;
  endpoint?: "address";
}

const SETTINGS: Row[] = [
  { setting: "`HTTPS_PROXY=http://proxy:3128`", env: { HTTPS_PROXY: "http://proxy" } },
  { setting: "`https_proxy=proxy:3128` (no scheme)", env: { https_proxy: "proxy" } },
  {
    setting: "`HTTPS_PROXY=http://CORP%5Cuser:p%40ss…@proxy:3128`",
    env: { HTTPS_PROXY: `http://CORP%5Cuser:${ENCODED}@proxy` },
  },
  {
    setting: "`ALL_PROXY` or `HTTP_PROXY` alone",
    env: { ALL_PROXY: "http://proxy", HTTP_PROXY: "http://proxy" },
  },
  {
    setting: "`NO_PROXY=corp.test` (also `.corp.test`, `*.corp.test`, `corp.test:443`, `*`)",
    env: { HTTPS_PROXY: "proxy", NO_PROXY: "corp.test" },
  },
  {
    setting: "`NO_PROXY=127.0.0.0/8`, for an endpoint with such an address",
    env: { HTTPS_PROXY: "proxy", NO_PROXY: "127.0.0.0/8" },
    endpoint: "address",
  },
  {
    setting: "`NO_PROXY=rp.test`, `NO_PROXY=corp.test:8443`",
    env: { HTTPS_PROXY: "proxy", NO_PROXY: "rp.test,corp.test:8443" },
  },
  { setting: "`HTTPS_PROXY=socks5://proxy:3128`", env: { HTTPS_PROXY: "socks5://proxy" } },
  {
    setting: "`HTTPS_PROXY=https://proxy:3128`, of a proxy that speaks plain HTTP",
    env: { HTTPS_PROXY: "https://proxy" },
  },
  { setting: "a proxy that does not run", env: { HTTPS_PROXY: "http://user:secret@127.0.0.1:1" } },
  {
    setting: "a proxy whose name does not resolve",
    env: { HTTPS_PROXY: "http://user:secret@proxy.invalid:3128" },
  },
  { setting: "a proxy that asks for other credentials (407)", env: { HTTPS_PROXY: "proxy" }, refusal: 407 },
  { setting: "a proxy that refuses the endpoint (403)", env: { HTTPS_PROXY: "proxy" }, refusal: 403 },
];

describe("behind real proxies", () => {
  const table = new ObservedTable("docs/installation-configuration.md", "Proxies and certificates");
  const proxies: Proxy[] = [];
  let server: HttpsServer;
  let results: Result[];
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "proxy-"));
    const authority = newAuthority();
    writeFileSync(join(folder, "ca.pem"), authority.cert);
    server = await startHttpsServer(authority.issue(["127.0.0.1", "api.corp.test"]));
    for (const { refusal } of SETTINGS) {
      proxies.push(
        await startProxy(refusal === undefined ? undefined : { status: refusal, body: "" }, server.port),
      );
    }
    const calls = SETTINGS.map(({ env, endpoint }, index) => {
      const address = proxies[index]!.url.replace("http://", "");
      const set = ([name, value]: [string, string]) => [name, value.replace(/\bproxy$/, address)] as const;
      return {
        endpoint: endpoint === "address" ? `https://127.0.0.1:${server.port}` : "https://api.corp.test",
        env: Object.fromEntries(Object.entries(env).map(set)),
      };
    });
    results = await callInChild(calls, { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") });
  });

  afterAll(async () => {
    await Promise.all([server.close(), ...proxies.map((each) => each.close())]);
    rmSync(folder, { recursive: true, force: true });
    table.compare();
  });

  test.each(SETTINGS.map(({ setting }, index) => [setting, index] as const))("%s", (setting, index) => {
    const [result, proxy] = [results[index]!, proxies[index]!];
    const address = proxy.url.replace("http://", "");
    const isTunnelled = result.ok && proxy.tunnels.length === 1;
    const isDirect =
      proxy.tunnels.length === 0 &&
      (result.ok || /api\.corp\.test \((ENOTFOUND|EAI_AGAIN)\)/.test(result.message!));
    const what = isTunnelled ? "through the proxy" : isDirect ? "directly" : shown(result.message!, address);
    table.note(setting, setting.includes("%5C") ? `${what}, as \`CORP\\user\`, password \`p@ss…\`` : what);
    expect(result).not.toMatchObject({ leaks: true });
    expect(result.message ?? "").not.toContain("secret");
    if (!isTunnelled && !isDirect)
      expect(result).toMatchObject({ outcome: expect.stringMatching(/rejected|not-sent/) });
  });

  test("user and password reach the proxy decoded", () => {
    const basic = Buffer.from(`CORP\\user:${PASSWORD}`).toString("base64");
    expect(proxies[2]!.seen()).toContain(`Basic ${basic}`);
  });
});

/** The part of a message that is about the proxy, as in the document. */
function shown(message: string, address: string): string {
  const about = /: (the proxy .*)$/.exec(message)?.[1] ?? message;
  return `error: \`${about
    .replace(/\((EPROTO|ERR_SSL_\w+|ENOTFOUND|EAI_AGAIN)\)/, "(…)")
    .replaceAll(address, "proxy:3128")
    .replaceAll("proxy.invalid", "proxy")}\``;
}
