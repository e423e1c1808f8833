// Arbitrary bodies for every method, over HTTP: a value, or an error of this package; never a crash, never a polluted prototype.
import fc from "fast-check";
import type { AccountClient } from "../../src/api/client";
import { WaysCloudError } from "../../src/errors";
import { clientOf, CREDENTIAL, everyText, serve, type ScriptedServer } from "../support/api";
import { FakeTiming } from "../support/fake-timing";

let server: ScriptedServer;
let client: AccountClient;
let answer: { status: number; body: string | Buffer; headers: Record<string, string> };
beforeAll(async () => {
  server = await serve((response) => response.writeHead(answer.status, answer.headers).end(answer.body));
  client = clientOf(server);
});
afterAll(() => server.close());

const operation = () => client.operation("Doing it");
const METHODS: Record<string, () => Promise<unknown>> = {
  getProfile: () => client.getProfile(),
  listServices: () => client.listServices(),
  listApiKeys: () => client.listApiKeys(),
  listSshKeys: () => client.listSshKeys(),
  createServiceKey: () => client.createServiceKey({ service: "dns" }, operation()),
  createPersonalAccessToken: () => client.createPersonalAccessToken({ scopes: ["a:b"] }, operation()),
  createSshKey: () => client.createSshKey({ name: "n", publicKey: "k" }, operation()),
  revokeApiKey: () => client.revokeApiKey("id", operation()),
  deleteSshKey: () => client.deleteSshKey("id", operation()),
};

const FIELDS = [
  ..."id key key_prefix key_type service description scopes is_active created_at name".split(" "),
  ..."fingerprint vm_count customer_id email customer_type status service_type metadata success".split(" "),
  ..."data items keys ssh_keys api_keys services next total meta detail error message".split(" "),
  ..."__proto__ constructor prototype toString hasOwnProperty".split(" "),
];
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "binary" }),
    fc.constantFrom(CREDENTIAL, "a-valid-id", true, null, 1e308, -0, 5, "2024-02-01T10:00:00Z"),
    fc.array(tie("value"), { maxLength: 4 }),
    // As text, since an object of this language cannot hold a `__proto__` of its own in every position.
    fc
      .array(fc.tuple(fc.constantFrom(...FIELDS), tie("value")), { maxLength: 14 })
      .map((entries) => Object.fromEntries(entries)),
  ),
}));
const body = fc.oneof(
  { weight: 5, arbitrary: value.map((each) => JSON.stringify(each)) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

test.each(Object.keys(METHODS))("%s survives any body with any status", async (method) => {
  const before = Reflect.ownKeys(Object.prototype);
  const status = fc.constantFrom(
    ...[200, 200, 200, 201, 204, 206, 301, 400, 401, 403, 404, 409, 413, 422, 429, 500, 503],
  );
  const headers = fc.constantFrom<Record<string, string>>(
    {},
    { link: '<x>; rel="next"' },
    { date: "garbage" },
    { "retry-after": "1e9" },
    { "retry-after": "-1" },
  );
  await fc.assert(
    fc.asyncProperty(body, status, headers, async (given, code, others) => {
      answer = { status: code, body: code === 204 ? "" : given, headers: others };
      // A clock for each response: of a 429, a few repetitions show as much as two minutes of them.
      const timing = new FakeTiming();
      timing.operationLimit = 10_000;
      client = clientOf(server, timing);
      const thrown: unknown = await METHODS[method]!().then(
        () => undefined,
        (error: unknown) => error,
      );
      if (thrown !== undefined) {
        expect(thrown).toBeInstanceOf(WaysCloudError);
        expect(everyText(thrown)).not.toContain(CREDENTIAL);
        expect((thrown as Error).message).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        expect((thrown as Error).message.length).toBeLessThan(1_500);
      }
    }),
    { numRuns: 40 },
  );
  expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
  expect(({} as any).polluted).toBeUndefined();
});
