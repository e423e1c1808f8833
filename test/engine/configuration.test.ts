// Where the credential and the endpoint come from, and what is said when they do not work.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  API_KEYS,
  type EngineStack,
  openBareStack,
  openEmulator,
  openStack,
  takeRequests,
} from "../support/engine";

const oneKey = `new wayscloud.ServiceKey("app", { service: "dns" });`;

async function failure(stack: EngineStack, ...args: string[]): Promise<string> {
  const { all } = await stack.run(args, { fails: true });
  return all;
}

test("explicit Provider before stack config before environment, in its order, before the file", async () => {
  const { emulator, stack } = await openStack();
  const held = emulator.account.addApiKey({ service: "dns" });
  const pat = (): string => emulator.account.addApiKey({ scopes: ["api_keys:read"] }).key;
  const credentials = Array.from({ length: 7 }, pat);
  const [file = "", apiKey = "", token = "", patToken = "", vendors = "", own = "", explicit = ""] =
    credentials;
  const lookUp = (opts: string): string =>
    `
      ${opts === "{}" ? "" : `const provider = new wayscloud.Provider("p", { patToken: "${explicit}" });`}
      wayscloud.ServiceKey.get("held", "${held.id}", ${opts});
      wayscloud.getProfileOutput(${opts});
    `;
  stack.setProgram(lookUp("{}"));
  delete stack.env["WAYSCLOUD_API_KEY"];
  const endpoint = stack.env["WAYSCLOUD_ENDPOINT"]!;
  const dead = "http://127.0.0.1:9";
  const steps: (() => unknown)[] = [
    () => {
      stack.exposed.push(file);
      mkdirSync(join(stack.home, ".wayscloud"));
      writeFileSync(join(stack.home, ".wayscloud", "credentials"), JSON.stringify({ token: file, other: 1 }));
      // The other name of the endpoint counts alone, and comes second.
      delete stack.env["WAYSCLOUD_ENDPOINT"];
      stack.env["WAYSCLOUD_API_URL"] = endpoint;
    },
    () => {
      stack.env["WAYSCLOUD_API_KEY"] = apiKey;
      stack.env["WAYSCLOUD_ENDPOINT"] = endpoint;
      stack.env["WAYSCLOUD_API_URL"] = dead;
    },
    () => (stack.env["WAYSCLOUD_TOKEN"] = token),
    () => (stack.env["WAYSCLOUD_PAT_TOKEN"] = patToken),
    async () => {
      await stack.setConfig("wayscloud:apiKey", vendors, { secret: true });
      await stack.setConfig("wayscloud:endpoint", endpoint);
      stack.env["WAYSCLOUD_ENDPOINT"] = dead;
    },
    async () => {
      await stack.setConfig("wayscloud-account:patToken", own, { secret: true });
      await stack.setConfig("wayscloud-account:endpoint", endpoint);
      await stack.setConfig("wayscloud:endpoint", dead);
    },
    () => stack.setProgram(lookUp("{ provider }")),
  ];
  const used: string[] = [];
  for (const step of steps) {
    await step();
    emulator.requests.length = 0;
    await stack.preview();
    expect(emulator.requests.map(({ path }) => path).sort()).toEqual([API_KEYS, "/v1/account/profile"]);
    const [first, second] = emulator.requests.map(({ credentialId }) => credentialId);
    expect(second).toBe(first);
    used.push(emulator.account.apiKeys().find(({ id }) => id === first)!.key);
  }
  expect(used).toEqual(credentials);
});

test("a plain credential and misplaced names in the stack config are warnings, once a program, and no value is shown", async () => {
  const { emulator, stack } = await openStack();
  stack.setProgram(
    `
      new wayscloud.ServiceKey("a", { service: "dns" });
      new wayscloud.ServiceKey("b", { service: "dns" });
      wayscloud.getProfileOutput();
    `,
  );
  const token = emulator.account.addApiKey({ scopes: ["api_keys:write"] }).key;
  const warnings = async (...args: string[]): Promise<string[]> => {
    const { all } = await stack.run(args);
    expect(all).not.toContain(token);
    // It is printed as it comes, and once more in the summary at the end.
    return all.split("\n").filter((line) => /^ +warning: .*in the stack config/.test(line));
  };
  stack.exposed.push(token);
  await stack.setConfig("wayscloud:patToken", token);
  for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
    expect(await warnings(...args)).toEqual([
      expect.stringContaining(
        "wayscloud:patToken is in the stack config in plain text. Encrypt it with `pulumi config set --secret wayscloud:patToken`",
      ),
    ]);
  }
  await stack.setConfig("wayscloud:patToken", token, { secret: true });
  await stack.setConfig("wayscloud:region", "NO");
  expect(await warnings("up", "--yes", "--skip-preview")).toEqual([]);
  const customerId = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
  await stack.setConfig("wayscloud:customerId", customerId);
  await stack.setConfig("wayscloud:Token", token, { secret: true });
  await stack.setConfig("wayscloud-account:customerId", customerId);
  expect((await warnings("preview")).sort()).toEqual([
    expect.stringContaining(
      "wayscloud:Token in the stack config has no effect; did you mean wayscloud-account:patToken?",
    ),
    expect.stringContaining(
      "the official provider refuses to start with it: run `pulumi config set wayscloud-account:customerId`",
    ),
  ]);
  await stack.setConfig("wayscloud-account:customerID", customerId);
  expect(await failure(stack, "preview")).toContain(
    'The stack config wayscloud-account has an unknown name `customerID`; did you mean "customerId"?',
  );
});

test("no credential at all is said at preview, with the ways to give one", async () => {
  const stack = await openBareStack({ program: oneKey, env: { WAYSCLOUD_ENDPOINT: "http://127.0.0.1:9" } });
  const said =
    "No WAYSCloud credential found. Run `pulumi config set --secret wayscloud-account:patToken`, set WAYSCLOUD_PAT_TOKEN, or log in with the" +
    " official WAYSCloud CLI.";
  expect(await failure(stack, "preview")).toContain(said);
  expect(await stack.resources()).toEqual([]);
  stack.setProgram("await wayscloud.getProfile();");
  expect(await failure(stack, "preview")).toContain(said);
});

test("a secret that CI withholds, an empty variable: an error names it; an unchanged preview needs none", async () => {
  const { emulator, stack } = await openStack({ program: oneKey });
  await stack.up();
  const change = `new wayscloud.ServiceKey("app", { service: "vps" });`;
  stack.env["WAYSCLOUD_PAT_TOKEN"] = "";
  expect((await stack.preview()).changes).toEqual({ unchanged: 2 });
  stack.setProgram(change);
  takeRequests(emulator);
  expect(await failure(stack, "up", "--yes")).toContain(
    "The value of the environment variable WAYSCLOUD_PAT_TOKEN is blank. Set it or remove it; the package does not fall back to another source.",
  );
  expect(takeRequests(emulator)).toEqual([]);
});

test("a credential that the API refuses: the source, and what to do, not the credential", async () => {
  const emulator = await openEmulator();
  const good = emulator.account.addApiKey({ scopes: ["api_keys:write"] });
  const weak = emulator.account.addApiKey({ scopes: ["ssh_keys:read"] });
  const stack = await openBareStack({
    program: oneKey,
    config: { "wayscloud-account:endpoint": emulator.url },
    secretConfig: { "wayscloud-account:patToken": weak.key },
  });
  // 403, with the reason of the API.
  const forbidden = await failure(stack, "up", "--yes", "--skip-preview");
  expect(forbidden).toMatch(
    /Creating the service key "pulumi test\/dev\/app #[0-9a-f]{7}" failed: POST \/v1\/account\/api-keys\/service answered 403 \(Forbidden\): Missing scope: api_keys:write\./,
  );
  expect(forbidden).toContain("config wayscloud-account:patToken");
  expect(forbidden).not.toContain("--run-program");

  await stack.setConfig("wayscloud-account:patToken", good.key, { secret: true });
  await stack.up();
  emulator.account.remove(good.id);
  const unknown = await failure(stack, "refresh", "--yes", "--skip-preview");
  expect(unknown).toContain("answered 401 (Unauthorized)");
  expect(unknown).toContain("Set a valid personal access token.");
  expect(unknown).toContain(
    "`pulumi refresh` and `pulumi destroy` use the configuration from the last `pulumi up`: run `pulumi up` first, or pass `--run-program`.",
  );

  // As it says: the new credential alone does not help, `--run-program` or an `up` does.
  const next = emulator.account.addApiKey({ scopes: ["api_keys:write"] });
  await stack.setConfig("wayscloud-account:patToken", next.key, { secret: true });
  await failure(stack, "refresh", "--yes", "--skip-preview");
  await stack.refresh(["--run-program", "--expect-no-changes"]);
  expect((await stack.up()).changes).toEqual({ unchanged: 2 });
  await stack.refresh(["--expect-no-changes"]);
  await stack.destroy();
  expect(emulator.account.apiKeys().filter(({ service, revoked }) => service === "dns" && !revoked)).toEqual(
    [],
  );
});

test("an endpoint that must not be used is named by its source, with the reason, and nothing is sent", async () => {
  const { emulator, stack } = await openStack({ program: oneKey });
  stack.env["WAYSCLOUD_ENDPOINT"] = "http://api.example.com";
  expect(await failure(stack, "preview")).toContain(
    "Invalid endpoint in the environment variable WAYSCLOUD_ENDPOINT: `http:` to api.example.com would send the credential unencrypted; use `https:`",
  );
  expect(takeRequests(emulator)).toEqual([]);
});
