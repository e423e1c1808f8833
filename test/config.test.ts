// Where credential and endpoint come from, in which order, and what is refused before any request.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_ENDPOINT } from "../src/api/address";
import { resolveConnection, settingsIn } from "../src/config";
import { API_KEY, CUSTOMER_ID, ENDPOINT, misplaced } from "../src/settings";
import { ConfigurationError } from "../src/errors";
import { checkStackConfig, config } from "../src/stack-config";

/** The names of each setting in the stack config and in the environment, first match first. */
const CREDENTIALS = ["wayscloud-account:patToken", "wayscloud:patToken", API_KEY];
const TOKENS = ["WAYSCLOUD_PAT_TOKEN", "WAYSCLOUD_TOKEN", "WAYSCLOUD_API_KEY"];
const ENDPOINTS = ["wayscloud-account:endpoint", ENDPOINT, "WAYSCLOUD_ENDPOINT", "WAYSCLOUD_API_URL"];
const IDS = ["wayscloud-account:customerId", CUSTOMER_ID, "WAYSCLOUD_CUSTOMER_ID"];
const OWN_API_KEY = "wayscloud-account:apiKey";
const NAMES = [...CREDENTIALS, OWN_API_KEY, ...TOKENS, ...ENDPOINTS, ...IDS];
const VARIABLES = NAMES.filter((name) => !name.includes(":"));
const SECRET = "wayscloud_pat_q7Zx2_CanaryCanary0123456789";

let home: string;
const before = { ...process.env };
beforeEach(() => {
  home = mkdtempSync(join(os.tmpdir(), "home-"));
  for (const name of VARIABLES) Reflect.deleteProperty(process.env, name);
  // The runner's `process.env` is a copy that the operating system does not see.
  jest.spyOn(os, "homedir").mockReturnValue(home);
});
afterEach(() => {
  jest.restoreAllMocks();
  process.env = { ...before };
  rmSync(home, { recursive: true, force: true });
});

const account = (config: Record<string, unknown> = {}) =>
  resolveConnection((key) => config[key], "the stack config");
/** The account with these settings, by the names of either source. */
const accountWith = (settings: Record<string, string>) => {
  for (const name of VARIABLES) if (settings[name] !== undefined) process.env[name] = settings[name];
  return account(settings);
};
const named = (name: string) => `the ${name.includes(":") ? "stack config" : "environment variable"} ${name}`;
const endpoint = (value: string) =>
  settingsIn((key) => (key === ENDPOINT ? value : undefined), "the stack config").endpoint;
const file = () => join(home, ".wayscloud", "credentials");
const credentials = (content: string, folder = home) => {
  mkdirSync(join(folder, ".wayscloud"), { recursive: true });
  writeFileSync(join(folder, ".wayscloud", "credentials"), content);
};
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).outcome).toBe("rejected");
    return (error as Error).message;
  }
  throw new Error("it was accepted");
};

const SOURCES = [...CREDENTIALS, ...TOKENS, "file"];

describe("the credential", () => {
  test.each(SOURCES)("from %s wins over all after it, and its source is named", (name) => {
    credentials('{"token": "from-file", "email": "x@y.no"}');
    const after = SOURCES.slice(SOURCES.indexOf(name), -1);
    const found = accountWith(Object.fromEntries(after.map((each) => [each, `from-${each}`])));
    expect(found.apiKey).toBe(`from-${name}`);
    expect(found.apiKeySource).toContain(name === "file" ? "credentials" : named(name));
    expect(found.apiKeySource).not.toContain(found.apiKey);
  });

  describe.each(["", "\t \r\n"])("a blank value (%j)", (blank) => {
    test.each(NAMES)("of %s is an error: another account must not be used for it", (name) => {
      const others = VARIABLES.slice(VARIABLES.indexOf(name) + 1);
      credentials('{"token": "from-file"}');
      const settings = Object.fromEntries(others.map((each) => [each, "https://other"]));
      expect(refusal(() => accountWith({ ...settings, [name]: blank }))).toBe(
        `The value of ${named(name)} is blank. Set it or remove it; the package does not fall back to another source.`,
      );
    });

    test("is none where what comes before it is set", () => {
      for (const name of VARIABLES) process.env[name] = blank;
      const [apiKey, url, id] = ["k", "https://one.example", "c"];
      const config = { [CREDENTIALS[0]!]: apiKey, [ENDPOINTS[0]!]: url, [IDS[0]!]: id };
      expect(account(config)).toMatchObject({ apiKey, endpoint: url });
    });
  });

  test.each<[unknown, string]>([
    [42, "a number"],
    [["a"], "a list of 1"],
    [{ a: 1 }, "an object"],
    [true, "a boolean"],
  ])("or endpoint that is %j is an error that says what it is, and not the value", (value, kind) => {
    for (const key of [CREDENTIALS[0]!, API_KEY, ENDPOINT, IDS[0]!])
      expect(refusal(() => account({ [API_KEY]: "k", [key]: value }))).toBe(
        `The value of the stack config ${key} must be a string, not ${kind}.`,
      );
  });

  test("under both of our names is an error: only one can be meant", () => {
    const [own, vendors] = CREDENTIALS as [string, string];
    expect(refusal(() => account({ [own]: "a", [OWN_API_KEY]: "a", [API_KEY]: "b" }))).toBe(
      `Both the stack config ${own} and ${OWN_API_KEY} set the credential. Remove one of them.`,
    );
    expect(account({ [OWN_API_KEY]: "a", [vendors]: "b" }).apiKey).toBe("a");
  });

  test("loses white space around it, as of a pasted line", () => {
    process.env.WAYSCLOUD_TOKEN = ` ${SECRET}\r\n`;
    expect(account().apiKey).toBe(SECRET);
    expect(account({ [API_KEY]: `\t${SECRET}\n` }).apiKey).toBe(SECRET);
    delete process.env.WAYSCLOUD_TOKEN;
    credentials(JSON.stringify({ token: `${SECRET}\n` }));
    expect(account().apiKey).toBe(SECRET);
  });

  test("from nowhere is an error that says how to set one", () => {
    const ways = [
      "pulumi config set --secret wayscloud-account:patToken",
      "WAYSCLOUD_PAT_TOKEN",
      "official WAYSCloud CLI",
    ];
    for (const way of ways) expect(refusal(() => account())).toContain(way);
  });

  const ODD = [" x", "\u0000x", "\u001b[31mx", "”", "\u200bx", "\u007f", "\r\nX-Other: x"];
  test.each(ODD.map((odd) => SECRET + odd))(
    "with %#: something that cannot stand in a header is refused, and not shown",
    (value) => {
      for (const config of [{ [API_KEY]: value }, {}]) {
        credentials(JSON.stringify({ token: value }));
        const message = refusal(() => account(config));
        expect(message).not.toContain("Canary");
        expect(message).toContain(config[API_KEY] === undefined ? "credentials" : "the stack config");
      }
    },
  );
});

test("the expected account comes from config, then the environment; without either any account is accepted", () => {
  const settings: Record<string, string> = { [API_KEY]: "k" };
  expect(account(settings).expectedAccount).toBeUndefined();
  for (const name of [...IDS].reverse()) {
    settings[name] = ` from-${name}\n`;
    expect(accountWith(settings).expectedAccount).toEqual({ value: `from-${name}`, source: named(name) });
  }
});

describe("a name in the official provider's namespace", () => {
  test.each([
    ["customerId", "", "customerID customer_id customer accountId"],
    ["patToken", "--secret ", "pattoken pat-token token apikey api_key"],
    ["endpoint", "", "url endpoit"],
  ])("that has no effect is a warning with the right name: %s", (right, secret, names) => {
    for (const name of names.split(" ")) {
      expect(misplaced(name)).toBe(
        `wayscloud:${name} in the stack config has no effect; did you mean wayscloud-account:${right}? Run \`pulumi config set ${secret}wayscloud-account:${right}\` with the same value, and \`pulumi config rm wayscloud:${name}\`.`,
      );
    }
  });

  test("that still counts, but that its provider refuses, is a warning with the commands that move it", () => {
    expect(misplaced("customerId")).toBe(
      "wayscloud:customerId is in the stack config. This package uses it, but the official provider refuses to start with it: run" +
        " `pulumi config set wayscloud-account:customerId` with the same value, and `pulumi config rm wayscloud:customerId`.",
    );
  });

  const OTHERS = ["patToken", "apiKey", "endpoint", "region", "timeout", "version", "insecure"];
  test.each(OTHERS)("%s is left alone", (name) => expect(misplaced(name)).toBeUndefined());
});

describe("wayscloud.config", () => {
  afterEach(() => pulumi.runtime.setAllConfig({}));

  test("shows a program what is in effect when it asks, the credential as a secret", async () => {
    const { patToken, endpoint, customerId } = config;
    expect([patToken, endpoint, customerId]).toEqual([undefined, DEFAULT_ENDPOINT, undefined]);
    process.env.WAYSCLOUD_CUSTOMER_ID = "c-1";
    pulumi.runtime.setAllConfig({ [CREDENTIALS[0]!]: SECRET, [ENDPOINT]: "https://api.example.com/" });
    expect([config.endpoint, config.customerId]).toEqual(["https://api.example.com", "c-1"]);
    expect(await pulumi.isSecret(config.patToken!)).toBe(true);
    pulumi.runtime.setAllConfig({ [ENDPOINTS[0]!]: " " });
    expect(refusal(() => config.endpoint)).toContain("wayscloud-account:endpoint is blank");
  });

  test("is not read where the stack config has an unknown name: a misspelled account must not become another one", () => {
    pulumi.runtime.setAllConfig({ "wayscloud-account:customer": "c" });
    expect(refusal(checkStackConfig)).toBe(
      'The stack config wayscloud-account has an unknown name `customer`; did you mean "customerId"? The settings are patToken, apiKey, endpoint, customerId.',
    );
  });
});

test("an error that a program throws is printed once, without its facts", () => {
  const error = new ConfigurationError("The reason.");
  expect([error.summary, error.outcome, error.status]).toEqual(["The reason.", "rejected", undefined]);
  const lines = inspect(error).split("\n");
  expect(lines.filter((line) => !/^ +at /.test(line)).join("")).toBe("ConfigurationError: The reason.");
});

describe("the credentials file", () => {
  test("that is missing is no credential", () => {
    expect(refusal(() => account())).toContain("No WAYSCloud credential");
  });

  test.each([
    ...["", "null", "[]", "1", "{}", '{"token": null}', '{"token": " "}', '{"token": ["x"]}'],
    ...[JSON.stringify(SECRET), JSON.stringify({ api_key: SECRET }), `{"token": "${SECRET}"`],
  ])("with %j is an error that names the file and shows nothing of it", (content) => {
    credentials(content);
    const message = refusal(() => account());
    expect(message).toContain(file());
    expect(message).not.toContain("Canary");
  });

  test("that is a folder is an error that says why", () => {
    mkdirSync(file(), { recursive: true });
    expect(refusal(() => account())).toMatch(/cannot be read \(EISDIR\)/);
  });

  // The superuser may read everything.
  if (process.getuid?.() !== 0)
    test("without permission is an error that says why", () => {
      credentials("{}");
      chmodSync(file(), 0);
      expect(refusal(() => account())).toMatch(/cannot be read \(EACCES\)/);
    });

  test("is not looked for when a credential is configured", () => {
    credentials("{broken");
    expect(account({ [API_KEY]: "k" }).apiKey).toBe("k");
  });

  test("with a byte order mark is read", () => {
    credentials('\ufeff{"token":"t"}');
    expect(account().apiKey).toBe("t");
  });

  test("of a user without a home directory (a container of any user id) is no credential", () => {
    jest.spyOn(os, "homedir").mockImplementation(() => {
      throw new Error("A system error occurred: uv_os_homedir returned ENOENT");
    });
    expect(refusal(() => account())).toContain("No WAYSCloud credential");
  });

  test.each(["", ".", "relative"])("is not taken from the working directory when HOME is %j", (value) => {
    jest.spyOn(os, "homedir").mockReturnValue(value);
    credentials('{"token":"planted"}', join(home, value));
    const cwd = process.cwd();
    process.chdir(home);
    try {
      expect(refusal(() => account())).toContain("No WAYSCloud credential");
    } finally {
      process.chdir(cwd);
    }
  });
});

describe("the endpoint", () => {
  test("comes from config, then WAYSCLOUD_ENDPOINT, then WAYSCLOUD_API_URL, else it is the vendor's", () => {
    const settings: Record<string, string> = { [API_KEY]: "k" };
    expect(account(settings).endpoint).toBe(DEFAULT_ENDPOINT);
    for (const name of [...ENDPOINTS].reverse()) {
      settings[name] = `https://${name.toLowerCase().replace(/\W|_/g, "-")}.invalid`;
      expect(accountWith(settings).endpoint).toBe(settings[name]);
    }
  });

  test("that is refused in config does not fall back to another", () => {
    process.env.WAYSCLOUD_ENDPOINT = "https://first.invalid";
    expect(refusal(() => endpoint("http://evil.invalid"))).toContain(ENDPOINT);
    process.env.WAYSCLOUD_ENDPOINT = "garbage";
    process.env.WAYSCLOUD_API_URL = "https://second.invalid";
    expect(refusal(() => settingsIn(() => undefined, "").endpoint)).toContain("WAYSCLOUD_ENDPOINT");
  });

  test.each([
    ["https://api.example.com///", "https://api.example.com"],
    ["https://API.Example.COM:443/", "https://api.example.com"],
    ["https://api.example.com:8443/base/path/", "https://api.example.com:8443/base/path"],
    ["  HTTPS://api.example.com\n", "https://api.example.com"],
    ["https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443"],
    ["http://LOCALHOST:8080/base/", "http://localhost:8080/base"],
    ["http://127.255.255.254:1", "http://127.255.255.254:1"],
    ["http://[0:0:0:0:0:0:0:1]", "http://[::1]"],
    // URL normalizes these to 127.x, so the request does go there.
    ...["2130706433", "0x7f000001", "0177.0.0.1", "127.1"].map((host) => [
      `http://${host}`,
      "http://127.0.0.1",
    ]),
  ])("%j becomes %j", (given, expected) => expect(endpoint(given)).toBe(expected));

  test.each([
    [
      "unencrypted",
      "http://api.wayscloud.services http://localhost.evil.com http://127.0.0.1.evil.com http://evil.com/127.0.0.1",
    ],
    ["unencrypted", "http://localhostx http://xlocalhost http://localhost. http://0.0.0.0 http://128.0.0.1"],
    ["unencrypted", "http://2147483649 http://[::2] http://[::ffff:127.0.0.1] http://[fe80::1]"],
    [
      "user name",
      "http://127.0.0.1:80@evil.com https://user@api.example.com https://:secretpart@api.example.com",
    ],
    ["user name", "http://user:secretpart@127.0.0.1"],
    ["query", "https://api.example.com?x=secretpart https://api.example.com/? https://api.example.com?"],
    ["query", "https://api.example.com# https://api.example.com/#secretpart"],
    [
      "it ends in /v1, which the package adds to every request; leave that part out",
      "https://api.example.com/v1",
    ],
    ["it ends in /v1/account,", "https://api.example.com/base/v1/account//"],
    [
      "it does not begin with https:// (for this machine: http://)",
      `api.example.com //api.example.com file:///etc/passwd ws://localhost localhost:8080 data:text/html,secretpart ${SECRET}`,
    ],
    ["not a URL", "https:// http:// https://256.0.0.1 http://127.0.0.1:99999"],
  ])("is refused: %s", (why, all) => {
    for (const given of [...all.split(" "), ...(why === "not a URL" ? ["https://a b"] : [])]) {
      const message = refusal(() => endpoint(given));
      expect(message).toContain(why);
      expect(message).toContain(ENDPOINT);
      expect(message).not.toMatch(/secretpart|Canary/);
    }
  });

  test("that holds the credential by mistake is refused without showing it", () => {
    const urls = "https://x@h https://x:x@h https://h?k=x http://x http://x.com".replaceAll("x", SECRET);
    for (const given of [...urls.split(" "), "CanarySecretHere:x"]) {
      expect(refusal(() => endpoint(given))).not.toMatch(/canary/i);
    }
  });
});
