// Where the credential and the endpoint come from, and what is said when they do not work.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiKeyRecord } from "../../src/emulator";
import { API_KEYS, liveIds, openBareStack, openEmulator, openStack } from "../support/engine";

const oneKey = `new wayscloud.ServiceKey("app", { service: "dns" });`;

test("explicit Provider before stack config before environment before the file, for resources and data functions", async () => {
  const { emulator, stack } = await openStack();
  const held = emulator.account.addApiKey({ service: "dns" });
  const pat = (): string => emulator.account.addApiKey({ scopes: ["api_keys:read"] }).key;
  const credentials = [pat(), pat(), pat(), pat()] as const;
  const [file, environment, config, explicit] = credentials;
  const lookUp = (opts: string): string => `
    const provider = ${opts === "{}"} || new wayscloud.Provider("p", { patToken: "${explicit}" });
    wayscloud.ServiceKey.get("held", "${held.id}", ${opts});
    wayscloud.getProfileOutput(${opts});`;
  stack.setProgram(lookUp("{}"));
  stack.exposed.push(file);
  mkdirSync(join(stack.home, ".wayscloud"));
  writeFileSync(join(stack.home, ".wayscloud", "credentials"), JSON.stringify({ token: file, other: 1 }));
  // The other name of the endpoint counts alone, and comes second.
  for (const name of ["WAYSCLOUD_API_KEY", "WAYSCLOUD_ENDPOINT"]) Reflect.deleteProperty(stack.env, name);
  const endpoint = (stack.env["WAYSCLOUD_API_URL"] = emulator.url);
  const dead = "http://127.0.0.1:9";
  const steps: (() => unknown)[] = [
    () => undefined,
    () => {
      const env = { WAYSCLOUD_TOKEN: environment, WAYSCLOUD_ENDPOINT: endpoint, WAYSCLOUD_API_URL: dead };
      Object.assign(stack.env, env);
    },
    async () => {
      stack.env["WAYSCLOUD_ENDPOINT"] = dead;
      const secret = { "wayscloud-account:patToken": config };
      await stack.configure({ secret, plain: { "wayscloud-account:endpoint": endpoint } });
    },
    () => stack.setProgram(lookUp("{ provider }")),
  ];
  const used: string[] = [];
  for (const step of steps) {
    await step();
    emulator.requests.length = 0;
    expect((await stack.preview()).requests.sort()).toEqual([`GET ${API_KEYS}`, "GET /v1/account/profile"]);
    const [first, second] = emulator.requests.map(({ credentialId }) => credentialId);
    expect(second).toBe(first);
    used.push(emulator.account.apiKeys().find(({ id }) => id === first)!.key);
  }
  expect(used).toEqual(credentials);
});

test("a plain credential and misplaced names in the stack config are warnings, once a program, and no value is shown", async () => {
  const two = `new wayscloud.ServiceKey("a", { service: "dns" }); new wayscloud.ServiceKey("b", { service: "dns" });`;
  const { emulator, stack } = await openStack({ program: `${two} wayscloud.getProfileOutput();` });
  const token = emulator.account.addApiKey({ scopes: ["api_keys:write"] }).key;
  const warnings = async (command: "preview" | "up"): Promise<string[]> => {
    const { all } = await stack[command]();
    expect(all).not.toContain(token);
    // It is printed as it comes, and once more in the summary at the end.
    return all.split("\n").filter((line) => /^ +warning: .*in the stack config/.test(line));
  };
  stack.exposed.push(token);
  await stack.configure({ plain: { "wayscloud:patToken": token } });
  const plain = expect.stringContaining(
    "wayscloud:patToken is in the stack config in plain text. Encrypt it with `pulumi config set --secret wayscloud:patToken`",
  );
  for (const command of ["preview", "up"] as const) expect(await warnings(command)).toEqual([plain]);
  await stack.configure({ secret: { "wayscloud:patToken": token }, plain: { "wayscloud:region": "NO" } });
  expect(await warnings("up")).toEqual([]);
  const customerId = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
  await stack.configure({
    plain: { "wayscloud:customerId": customerId, "wayscloud-account:customerId": customerId },
    secret: { "wayscloud:Token": token },
  });
  expect((await warnings("preview")).sort()).toEqual([
    expect.stringContaining(
      "wayscloud:Token in the stack config has no effect; did you mean wayscloud-account:patToken?",
    ),
    expect.stringContaining(
      "the official provider refuses to start with it: run `pulumi config set wayscloud-account:customerId`",
    ),
  ]);
  await stack.configure({ plain: { "wayscloud-account:customerID": customerId } });
  expect((await stack.preview([], { fails: true })).all).toContain(
    'The stack config wayscloud-account has an unknown name `customerID`; did you mean "customerId"?',
  );
});

const none =
  "No WAYSCloud credential found. Run `pulumi config set --secret wayscloud-account:patToken`, set WAYSCLOUD_PAT_TOKEN, or log in with the" +
  " official WAYSCloud CLI.";
const insecure =
  "Invalid endpoint in the environment variable WAYSCLOUD_ENDPOINT: `http:` to api.example.com would send the credential unencrypted; use `https:`";

test.each([
  ["no credential, of a resource", oneKey, { WAYSCLOUD_API_KEY: undefined }, none],
  [
    "no credential, of a data function",
    "await wayscloud.getProfile();",
    { WAYSCLOUD_API_KEY: undefined },
    none,
  ],
  ["an endpoint that must not be used", oneKey, { WAYSCLOUD_ENDPOINT: "http://api.example.com" }, insecure],
])("%s: said at preview, with its source and what to do", async (_what, program, env, said) => {
  const { emulator, stack } = await openStack();
  Object.assign(stack.env, env);
  expect(await stack.refusal(program)).toContain(said);
  expect(emulator.requests).toEqual([]);
});

test("a secret that CI withholds, an empty variable: an error names it; an unchanged preview needs none", async () => {
  const { stack } = await openStack({ program: oneKey });
  await stack.up();
  stack.env["WAYSCLOUD_PAT_TOKEN"] = "";
  expect((await stack.preview()).changes).toEqual({ unchanged: 2 });
  const { all, requests } = await stack.setProgram(oneKey.replace("dns", "vps")).up([], { fails: true });
  expect(all).toContain(
    "The value of the environment variable WAYSCLOUD_PAT_TOKEN is blank. Set it or remove it; the package does not fall back to another source.",
  );
  expect(requests).toEqual([]);
});

test("a credential that the API refuses: the source, and what to do, not the credential", async () => {
  const emulator = await openEmulator();
  const pat = (scope: string) => emulator.account.addApiKey({ scopes: [scope] });
  const [good, weak, next] = [pat("api_keys:write"), pat("ssh_keys:read"), pat("api_keys:write")];
  const stack = await openBareStack({
    program: oneKey,
    config: { "wayscloud-account:endpoint": emulator.url },
    secretConfig: { "wayscloud-account:patToken": weak.key },
  });
  const use = ({ key }: ApiKeyRecord) => stack.configure({ secret: { "wayscloud-account:patToken": key } });
  // 403, with the reason of the API.
  const forbidden = (await stack.up([], { fails: true })).all;
  expect(forbidden).toMatch(
    /Creating the service key "pulumi test\/dev\/app #[0-9a-f]{7}" failed: POST \/v1\/account\/api-keys\/service answered 403 \(Forbidden\): Missing scope: api_keys:write\./,
  );
  expect(forbidden).toContain("config wayscloud-account:patToken");
  expect(forbidden).not.toContain("--run-program");

  await use(good);
  await stack.up();
  emulator.account.remove(good.id);
  const unknown = (await stack.refresh([], { fails: true })).all;
  for (const said of [
    "answered 401 (Unauthorized)",
    "Set a valid personal access token.",
    "`pulumi refresh` and `pulumi destroy` use the configuration from the last `pulumi up`: run `pulumi up` first, or pass `--run-program`.",
  ])
    expect(unknown).toContain(said);

  // As it says: the new credential alone does not help, `--run-program` or an `up` does.
  await use(next);
  await stack.refresh([], { fails: true });
  await stack.refresh(["--run-program", "--expect-no-changes"]);
  expect((await stack.up()).changes).toEqual({ unchanged: 2 });
  await stack.refresh(["--expect-no-changes"]);
  await stack.destroy();
  expect(liveIds(emulator)).toEqual([weak.id, next.id].sort());
});
