// One attempt, hardened: where the credential may go, how much is read, and what of a failure comes out.
import { ConfigurationError } from "../../src/errors";
import { createTransport } from "../../src/api/transport";
import { startEmulator, type Emulator, type Fault } from "../../src/emulator";
import {
  clientOf,
  closeServers,
  CREDENTIAL,
  everyText,
  failureOf,
  serve,
  serving,
  SOURCE,
} from "../support/api";
import { FakeTiming, until } from "../support/fake-timing";

let emulator: Emulator;
beforeEach(async () => (emulator = await startEmulator({ apiKey: CREDENTIAL })));
afterEach(() => Promise.all([emulator.close(), closeServers()]));

const LIST = { method: "GET", path: "/v1/account/ssh-keys" };
const transportTo = (endpoint: string) =>
  createTransport({ endpoint, apiKey: CREDENTIAL, apiKeySource: SOURCE });
const calls = (url: string, timing = new FakeTiming()) => {
  const client = clientOf({ url, apiKey: CREDENTIAL }, timing);
  return {
    GET: () => client.listSshKeys(),
    POST: () => client.createServiceKey({ service: "dns" }, client.operation("Creating")),
    DELETE: () => client.deleteSshKey("some-id", client.operation("Deleting")),
  };
};

test.each(["GET", "POST", "DELETE"] as const)("a redirect of a %s is not followed", async (method) => {
  const other = await serving("[]");
  for (const { url } of [other, emulator]) {
    emulator.faults.add({ status: 307, headers: { location: `${url}/v1/account/ssh-keys` } });
    const error = await failureOf(calls(emulator.url)[method]());
    expect(error).toMatchObject({ status: 307, outcome: "ambiguous" });
    expect(error.message).toContain("Redirects are not followed");
  }
  expect([other.requests.length, other.connections, emulator.requests.length]).toEqual([0, 0, 2]);
});

describe("another origin", () => {
  const OTHER = ["@evil.invalid/x", ".evil.invalid/x", ":1/x", "1/x", "https://evil.invalid/x"];
  test.each(OTHER)("by the path %j is refused before any request", async (path) => {
    const sent = transportTo(emulator.url)({ method: "GET", path }, 1_000);
    await expect(sent).rejects.toThrow(ConfigurationError);
    expect(emulator.requests).toHaveLength(0);
  });

  const SAME = ["//evil.invalid/x", "/\\evil.invalid/x", "/http://evil.invalid/x", "/..//evil.invalid"];
  test.each(SAME)("is not reached by the path %j", async (path) => {
    const attempt = await transportTo(emulator.url)({ method: "GET", path }, 1_000);
    expect(attempt).toHaveProperty("response.status", 404);
    expect(emulator.requests).toHaveLength(1);
  });
});

describe("a proxy variable", () => {
  const VARIABLES = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"];
  const before = { ...process.env };
  afterEach(() => (process.env = { ...before }));

  test("is ignored for plain http to this machine: the proxy would see the credential", async () => {
    const proxy = await serving("[]");
    for (const name of VARIABLES) process.env[name] = proxy.url;
    await calls(emulator.url).GET();
    expect([emulator.requests.length, proxy.requests.length, proxy.connections]).toEqual([1, 0, 0]);
  });

  test("that holds a password: a failed attempt does not hold it", async () => {
    process.env.HTTPS_PROXY = "http://user:canary@127.0.0.1:1";
    const attempt = await transportTo("https://api.invalid")(LIST, 5_000);
    expect(attempt).toMatchObject({ failure: { proxy: { name: "127.0.0.1:1" } } });
    expect(everyText(attempt)).not.toContain("canary");
  });
});

describe("a body", () => {
  test.each([
    [4_999_990, true],
    [5_000_010, false],
  ])("of %d bytes is read: %s", async (bytes, read) => {
    const server = await serving(`[]${" ".repeat(bytes - 2)}`);
    expect("response" in (await transportTo(server.url)(LIST, 5_000))).toBe(read);
  });

  test("that is compressed and small is read", async () => {
    emulator.faults.add({ gzipBomb: 1_000_000 });
    expect(await transportTo(emulator.url)(LIST, 5_000)).toHaveProperty("response.status", 200);
  });

  test.each(["gzip", "deflate", "br"])("that is not %s is a failure, not a crash", async (encoding) => {
    const server = await serving("no such thing", 200, { "content-encoding": encoding });
    expect(await transportTo(server.url)(LIST, 1_000)).toHaveProperty("failure");
  });
});

test("a request of more than 5 MB is refused before it is sent", async () => {
  const client = clientOf({ url: emulator.url, apiKey: CREDENTIAL });
  const work = client.createServiceKey({ service: "x".repeat(5_000_000) }, client.operation("Creating"));
  const error = await failureOf(work);
  expect(error).toMatchObject({ name: "ConfigurationError", outcome: "rejected" });
  expect(error.message).toContain("5000014 bytes");
  expect(emulator.requests).toHaveLength(0);
});

describe("raw bytes in place of an answer", () => {
  test.each([
    ["a megabyte of headers", `HTTP/1.1 200 OK\r\nx: ${"x".repeat(1_000_000)}\r\n\r\n{}`],
    ["a thousand secret headers", `HTTP/1.1 200 OK\r\n${`x: ${CREDENTIAL}\r\n`.repeat(1_000)}\r\n{}`],
    ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
    ["nothing", ""],
    ["half a head", "HTTP/1.1 200 O"],
    ["a bad chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}"],
    ["TLS", "\u0015\u0003\u0001\u0000\u0002\u0002\u0046"],
  ])("%s are an ambiguous failure of this package", async (_, bytes) => {
    const server = await serve((response) => response.socket!.end(bytes));
    const error = await failureOf(calls(server.url).POST());
    expect(error.outcome).toBe("ambiguous");
    expect(everyText(error)).not.toContain(CREDENTIAL);
  });
});

describe("nothing that is thrown holds the credential or the request", () => {
  const faults: [string, Fault][] = [
    ["a reset", { reset: true }],
    ["a time-out", { hang: true }],
    ["a truncated body", { truncate: true }],
    ["a malformed body", { malformed: true }],
    ["a body too large", { huge: 20_000_000 }],
    ["a redirect", { redirect: "https://elsewhere.invalid/" }],
    ["a bad shape", { omit: ["id"], merge: { key: 5, credential: CREDENTIAL } }],
    ...(["credential", "key"] as const).flatMap((what) =>
      (["body", "header"] as const).map((where): [string, Fault] => [
        `the ${what} echoed in the ${where}`,
        { status: 422, echo: { what, in: where } },
      ]),
    ),
  ];
  test.each(faults)("%s", async (_, fault) => {
    const timing = new FakeTiming();
    if (fault.hang) timing.attemptLimit = 60;
    const lines: string[] = [];
    const client = clientOf({ url: emulator.url, apiKey: CREDENTIAL }, timing, (line) => lines.push(line));
    emulator.faults.add({ ...fault, times: "always" });
    const error = await failureOf(client.createServiceKey({ service: "dns" }, client.operation("Creating")));
    const text = everyText(error) + lines.join("\n");
    for (const secret of [CREDENTIAL, ...emulator.account.liveApiKeys().map(({ key }) => key)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(secret.split("_").at(-1));
    }
    expect(text).not.toMatch(/axios/i);
    expect(error.cause).toBeUndefined();
    const own = Object.getOwnPropertyNames(error).filter((name) => !["message", "stack"].includes(name));
    expect(own.sort()).toEqual(["method", "name", "outcome", "path", "reason", "status", "summary"]);
  });

  test("and no e-mail address of the account", async () => {
    emulator.faults.add({ status: 403, body: { detail: "kristen.nygaard@simula.no may not" } });
    expect(everyText(await failureOf(calls(emulator.url).GET()))).not.toContain("simula");
  });

  test("a connection refused at both addresses of a name (happy eyeballs) neither, and it was not sent", async () => {
    await emulator.stopListening();
    const port = new URL(emulator.url).port;
    const error = await failureOf(calls(`http://localhost:${port}`).POST());
    expect(error).toMatchObject({ name: "ConnectionError", outcome: "not-sent" });
    expect(error.message).toContain(`localhost:${port}`);
    expect(everyText(error)).not.toContain(CREDENTIAL);
  });
});

describe("odd answers", () => {
  test("a byte order mark is no part of the JSON", async () => {
    const server = await serving("\ufeff[]");
    expect((await calls(server.url).GET()).value).toEqual([]);
  });

  test("invalid UTF-8 is replaced, and 3 MB names are borne", async () => {
    const entry = { id: "a", name: "x".repeat(3_000_000), fingerprint: "f", key_type: "t", created_at: "c" };
    const text = Buffer.from(JSON.stringify([entry]));
    text[text.indexOf("xxx") + 1] = 0xff;
    const server = await serving(text);
    const [read] = (await calls(server.url).GET()).value;
    expect(read!.name).toHaveLength(3_000_000);
    expect(read!.name![1]).toBe("\ufffd");
  });

  test("headers named like prototype members are plain values", async () => {
    const server = await serving("[]", 200, { __proto__x: "1", constructor: "c", "to-string": "s" });
    const { headers } = ((await transportTo(server.url)(LIST, 1_000)) as any).response;
    expect([Object.getPrototypeOf(headers), headers.constructor]).toEqual([null, "c"]);
  });

  test("repeated headers are joined", async () => {
    const server = await serve((response) =>
      response.writeHead(200, { link: ["<a>; rel=x", '<b>; rel="next"'] }).end("[]"),
    );
    expect((await failureOf(calls(server.url).GET())).name).toBe("MalformedResponseError");
  });

  test("an answer with a 100 Continue before it is read", async () => {
    const server = await serve((response) => {
      response.writeContinue();
      response.end("[]");
    });
    expect((await calls(server.url).GET()).value).toEqual([]);
  });
});

describe("connections", () => {
  test("are kept and used again", async () => {
    const server = await serving("[]");
    const { GET } = calls(server.url);
    for (let i = 0; i < 5; i += 1) await GET();
    expect([server.requests.length, server.connections]).toEqual([5, 1]);
  });

  test("an attempt that is given up is closed, so that the server notices", async () => {
    let gone = 0;
    const server = await serve((response) => response.on("close", () => (gone += 1)));
    expect(await transportTo(server.url)(LIST, 30)).toEqual({ failure: { code: "ETIMEDOUT" } });
    await until(() => gone === 1);
  });

  test("two accounts share nothing: each sends its own credential", async () => {
    const server = await serving("[]");
    await clientOf({ url: server.url, apiKey: "first-credential" }).listSshKeys();
    await clientOf({ url: server.url, apiKey: "second-credential" }).listSshKeys();
    const sent = server.requests.map(({ headers }) => headers["x-api-key"]);
    expect(sent).toEqual(["first-credential", "second-credential"]);
  });
});
