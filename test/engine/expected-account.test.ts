// With an expected account, another one's credential is rejected by every command before anything is created, revoked, read or forgotten.
import { openEmulator, openWorld, program, takeRequests } from "../support/world";

jest.setTimeout(180_000);

const key = (name: string): string => `new wayscloud.ServiceKey("${name}", { service: "dns" });\n`;

test("up, refresh and destroy with the credential of another account: one profile request each, and the state is what it was", async () => {
  const { emulator, stack } = await openWorld({ program: program(key("one")) });
  const customerId = "f47ac10b-58cc-4372-a567-0e02b2c3d479";
  stack.env["WAYSCLOUD_CUSTOMER_ID"] = customerId;
  await stack.up();
  const before = (await stack.resources()).map(({ urn, id }) => [urn, id]);

  const theirs = await openEmulator();
  theirs.account.setProfile({ customer_id: "00000000-aaaa-4bbb-8ccc-000000000000" });
  Object.assign(stack.env, { WAYSCLOUD_ENDPOINT: theirs.url, WAYSCLOUD_API_KEY: theirs.apiKey });
  stack.setProgram(program(key("one") + key("two")));
  for (const command of ["up", "refresh", "destroy"] as const) {
    takeRequests(theirs);
    const { code, all } = await stack[command]([], { allowFail: true });
    expect(code).not.toBe(0);
    expect(all).toContain(customerId);
    expect(all).toContain("00000000-aaaa-4bbb-8ccc-000000000000");
    expect(takeRequests(theirs)).toEqual(["GET /v1/account/profile"]);
    expect((await stack.resources()).map(({ urn, id }) => [urn, id])).toEqual(before);
  }
  expect(emulator.account.liveApiKeys().map(({ id }) => id)).toContain(before[0]?.[1]);
});
