// With an expected account, another one's credential is rejected by every command before anything is created, revoked, read or forgotten.
import { accountOf } from "../support/examples";
import { rareTest } from "../support/rare";
import { type EngineStack, liveIds, openEmulator, openStack, takeRequests } from "../support/engine";

const OURS = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
const THEIRS = "00000000-aaaa-4bbb-8ccc-000000000000";

const held = async (stack: EngineStack): Promise<string[]> =>
  (await stack.resources()).map(({ urn, id }) => `${urn} ${id}`).sort();
const key = (name: string): string => `new wayscloud.ServiceKey("${name}", { service: "dns" });\n`;

test("another account's credential: up, refresh and destroy make one profile request each and change no state", async () => {
  const { emulator, stack } = await openStack({ program: key("one") });
  stack.env["WAYSCLOUD_CUSTOMER_ID"] = OURS;
  await stack.up();
  const [before, live] = [await held(stack), liveIds(emulator)];

  const theirs = await openEmulator();
  theirs.account.setProfile({ customer_id: THEIRS });
  Object.assign(stack.env, { WAYSCLOUD_ENDPOINT: theirs.url, WAYSCLOUD_API_KEY: theirs.apiKey });
  // An explicit provider that names no account of its own expects the same one.
  const own = `const provider = new wayscloud.Provider("own", { apiKey: process.env.WAYSCLOUD_API_KEY });\n`;
  stack.setProgram(key("one") + own + key("two").replace(" });", " }, { provider });"));
  for (const command of ["up", "refresh", "destroy"] as const) {
    const { all } = await stack[command]([], { fails: true });
    for (const account of [OURS, THEIRS]) expect(all).toContain(account);
    expect(takeRequests(theirs)).toEqual(["GET /v1/account/profile"]);
    expect(await held(stack)).toEqual(before);
  }
  expect(liveIds(emulator)).toEqual(live);
});

const yaml = (quarter: number, customerId: string, apiKey: string): string => `config:
  wayscloud-account:customerId: { value: ${customerId} }
resources:
  explicit:
    type: pulumi:providers:wayscloud-account
    properties: { apiKey: ${apiKey}, customerId: ${customerId} }
  one:
    type: wayscloud-account:ServiceKey
    properties: { service: dns, rotationTriggers: { quarter: ${quarter} } }
  two:
    type: wayscloud-account:ServiceKey
    properties: { service: vps, rotationTriggers: { quarter: ${quarter} } }
    options: { provider: "\${explicit}" }
`;

rareTest(
  "another account, with the plugin, by configuration and explicit provider; a customerId replaces nothing",
  async () => {
    const { emulator, stack } = await openStack({ language: "yaml" });
    await stack.setProgram(yaml(1, OURS, emulator.apiKey)).up();
    const before = await held(stack);
    expect(before).toHaveLength(2);

    const theirs = await openEmulator();
    theirs.account.setProfile({ customer_id: THEIRS });
    Object.assign(stack.env, accountOf(theirs));
    stack.setProgram(yaml(2, OURS, theirs.apiKey));
    const said = [
      `belongs to the account ${THEIRS}, but the stack config wayscloud-account:customerId expects ${OURS}`,
      'the configuration of the provider "explicit", wayscloud-account:customerId expects',
    ];
    for (const command of ["up", "refresh"] as const) {
      const { all } = await stack[command](command === "up" ? ["--continue-on-error"] : [], { fails: true });
      for (const text of said) expect(all).toContain(text);
      expect(takeRequests(theirs)).toEqual(Array(2).fill("GET /v1/account/profile"));
      expect(await held(stack)).toEqual(before);
    }

    stack.setProgram(yaml(1, THEIRS, theirs.apiKey));
    const { all, changes } = await stack.up();
    expect(all).toContain("warning: The expected customerId changed");
    expect(changes).toEqual({ updated: 1, unchanged: 3 });
    expect(takeRequests(theirs)).toEqual([]);
    expect(await held(stack)).toEqual(before);
  },
);
