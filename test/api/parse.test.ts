// src/api/parse.ts and schemas.ts: from a response's text to typed values; what is read, and what is refused instead of guessed.
import { z } from "zod";
import { MalformedResponseError } from "../../src/errors";
import { parseResponse, parseList } from "../../src/api/parse";
import * as wire from "../../src/api/schemas";
import { without } from "../../src/values";

const SOURCE = {
  operation: { title: "Reading the API keys" },
  ...{ method: "GET" as const, path: "/v1/account/api-keys" },
};
const answer = (text: string) => ({ status: 200, headers: {}, text });
const json = (body: unknown) => answer(JSON.stringify(body));
const thrown = (work: () => unknown): MalformedResponseError => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedResponseError);
    return error as MalformedResponseError;
  }
  throw new Error("it was taken");
};

/** The documented examples. */
const WIRE = {
  apiKey: {
    ...{ id: "a8b9c0d1-e2f3-4567-89ab-cdef01234567", key_prefix: "wayscloud_2xK9mPq", key_type: "service" },
    ...{ service: "database", description: "Production database access", is_active: true },
    scopes: ["database:read", "database:write"],
    ...{ created_at: "2024-03-01T14:00:00Z", last_used_at: "2024-03-15T08:45:22Z" },
  },
  sshKey: {
    ...{ id: "d1e2f3a4-b5c6-7890-abcd-ef1234567890", name: "deploy-server", key_type: "ssh-ed25519" },
    fingerprint: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
    ...{ created_at: "2024-02-20T11:15:00Z", vm_count: 3 },
  },
  createdKey: {
    ...{ id: "c0d1e2f3-a4b5-6789-abcd-ef0123456789", key_prefix: "wayscloud_3mN8pQr", key_type: "service" },
    key: "wayscloud_3mN8pQrStUvWxYz_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
  },
  service: {
    ...{ id: "f3a4b5c6-d7e8-9012-cdef-345678901234", service_type: "database", name: "webapp-prod-db" },
    ...{ status: "running", region: "oslo", created_at: "2024-02-01T10:00:00Z" },
    metadata: { engine: "postgresql", version: "16" },
  },
  profile: {
    ...{ customer_id: "f47ac10b-58cc-4372-a567-0e02b2c3d479", email: "kristen.nygaard@simula.no" },
    ...{ first_name: "Kristen", last_name: "Nygaard", company: "Simula Research Laboratory" },
    ...{ customer_type: "business", status: "active", created_at: "2024-01-15T09:30:00Z" },
  },
};
const { apiKey: KEY, sshKey: SSH, createdKey: CREATED, service: SERVICE } = WIRE;
type Kind = keyof typeof WIRE;
const NEEDED: Record<Kind, string[]> = {
  apiKey: ["id"],
  sshKey: ["id"],
  createdKey: ["id", "key"],
  service: ["id", "service_type", "name", "status", "created_at"],
  profile: ["customer_id", "email", "customer_type", "status", "created_at"],
};
/** May be absent, but not of another type. */
const TYPED: Partial<Record<Kind, string[]>> = {
  apiKey: ["key_prefix", "key_type", "created_at", "is_active"],
  sshKey: ["name", "fingerprint", "key_type", "created_at"],
};

describe.each(Object.keys(WIRE) as Kind[])("an entry of kind %s", (kind) => {
  const example: Record<string, unknown> = WIRE[kind];
  const read = (entry: object) => parseResponse(wire[kind] as z.ZodType<object>, json(entry), SOURCE);

  test("is read into our own names, whatever else it has", () => {
    const camel = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const expected = Object.fromEntries(Object.entries(example).map(([name, value]) => [camel(name), value]));
    const more = { warning: "Save it", novelty: { deep: [1] }, constructor: 1, toString: 2 };
    expect(read({ ...example, ...more })).toEqual(expected);
  });

  test("may lack, or have null for, what is not needed", () => {
    for (const field of Object.keys(example).filter((name) => !NEEDED[kind].includes(name))) {
      const rest = without(example, field);
      expect(() => read(rest)).not.toThrow();
      expect(() => read({ ...rest, [field]: null })).not.toThrow();
    }
  });

  const ofOneType = [...NEEDED[kind], ...(TYPED[kind] ?? [])];
  test.each(ofOneType)("must have %s of the right type, if at all", (field) => {
    const rest = without(example, field);
    const wrongs: object[] = [{}, [], field === "is_active" ? 1 : true].map((value) => ({
      ...rest,
      [field]: value,
    }));
    if (NEEDED[kind].includes(field)) wrongs.push(rest, { ...rest, [field]: null });
    for (const wrong of wrongs) {
      const error = thrown(() => read(wrong));
      expect(error.message).toContain(field);
      expect(error.outcome).toBe("ambiguous");
    }
  });

  test("complaints show no value, only places and rules", () => {
    const canary = "canary-value-5f2b";
    for (const field of NEEDED[kind]) {
      const error = thrown(() => read({ ...example, [field]: { [canary]: canary } }));
      expect(error.message).not.toMatch(/canary-value|wayscloud_3mN8/);
      expect(error.cause).toBeUndefined();
    }
  });
});

test("an SSH key needs only its id, and a name or a fingerprint", () => {
  const read = (entry: object) => parseResponse(wire.sshKey, json(entry), SOURCE);
  const bare = { key_type: null, created_at: null, vm_count: null };
  expect(read({ id: 7, name: "a", ...bare })).toEqual({ id: "7", name: "a", vmCount: 0 });
  const nameless = { id: 7, name: null, fingerprint: "f", ...bare };
  expect(read(nameless)).toEqual({ id: "7", fingerprint: "f", vmCount: 0 });
  expect(thrown(() => read({ ...SSH, name: null, fingerprint: "" })).message).toContain("name");
});

test("an API key needs only its id, and counts as active unless the list says otherwise", () => {
  const read = (entry: object) => parseResponse(wire.apiKey, json(entry), SOURCE);
  expect(read({ id: 7 })).toEqual({ id: "7", scopes: [], isActive: true });
  expect(read({ id: 7, is_active: false })).toMatchObject({ isActive: false });
});

test("an end that the API shows is read, in a list and beside a new key; one that cannot be read says nothing", () => {
  const end = { expires_at: "2024-06-01T00:00:00Z" };
  expect(parseResponse(wire.apiKey, json({ ...KEY, ...end }), SOURCE).expiresAt).toBe(end.expires_at);
  expect(parseResponse(wire.createdKey, json({ ...CREATED, ...end }), SOURCE).expiresAt).toBe(end.expires_at);
  const odd = { ...CREATED, expires_at: { in: "90 days" } };
  expect(parseResponse(wire.createdKey, json(odd), SOURCE)).toMatchObject({ key: CREATED.key });
});

test.each([
  ["2024-03-01T15:00:00.123456+01:00", "2024-03-01T15:00:00.123456+01:00"],
  ["2024-03-01 15:00:00+01", "2024-03-01T14:00:00Z"],
  ["2024-03-01T14:00:00", "2024-03-01T14:00:00Z"],
  [1709301600, "2024-03-01T14:00:00Z"],
  ["last Friday", "last Friday"],
])("the time %j becomes RFC 3339 if it can be read", (time, text) => {
  expect(parseResponse(wire.apiKey, json({ ...KEY, created_at: time }), SOURCE).createdAt).toBe(text);
});

describe("an id", () => {
  const idOf = (id: unknown) => parseResponse(wire.sshKey, json({ ...SSH, id }), SOURCE).id;

  test.each([
    [42, "42"],
    [0, "0"],
    ["abc-DEF_09", "abc-DEF_09"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
  ])("%j becomes the text %j", (id, text) => expect(idOf(id)).toBe(text));

  test.each([
    ...["", ".", "..", "../../account", "//evil", "a/b", "a?b", "a#b", "a%2fb", "a b", "a\\b", "a:b", "a@b"],
    ...["abc\n", "a\r\nb", "a\u0000", "ä", "\ud800", "x".repeat(201), ["a"], { id: "a" }, true],
    ...[-1, 1.5, 1e21, 1e308, Number.MAX_SAFE_INTEGER + 1],
  ])("%j is refused", (id) => expect(thrown(() => idOf(id)).message).not.toContain("evil"));
});

describe("a list", () => {
  const list = (body: unknown) => parseList(wire.apiKey, json(body), SOURCE);
  const two = [KEY, { ...KEY, id: "other" }];

  test("is taken bare", () => {
    expect(list(two).value.map(({ id }) => id)).toEqual([KEY.id, "other"]);
    expect(list([]).value).toEqual([]);
  });

  const WRAPPERS = ["ssh_keys", "keys", "api_keys", "services", "data", "items"];
  test.each(WRAPPERS)("is taken from the wrapper %s", (wrapper) => {
    const { value } = list({ status: "ok", [wrapper]: two, page: 1 });
    expect(value.map(({ id }) => id)).toEqual([KEY.id, "other"]);
    expect(list({ [wrapper]: [] }).value).toEqual([]);
  });

  test.each([
    ...[null, {}, "text", 1, true, { detail: "x" }, { data: null }, { data: {} }, { data: "[]" }],
    ...[{ results: [] }, { data: { items: [] } }, { keys: [], data: [KEY] }],
  ])("is not %j", (body) => expect(thrown(() => list(body)).message).toContain("no list"));

  const ODD = [null, 1, "x", [], {}, [KEY], { ...KEY, id: "../x" }];
  test.each(ODD)("with the entry %j shows the others, and that one as unreadable", (entry) => {
    const { value, unreadable } = list([KEY, entry]);
    const text: unknown = Object(entry).description;
    expect(value.map(({ id }) => id)).toEqual([KEY.id]);
    expect(unreadable).toMatchObject([{ id: undefined, text, error: expect.any(MalformedResponseError) }]);
    expect(unreadable[0]!.error.message).toContain("of entry 1");
  });

  test.each(["key_prefix", "key_type", "created_at"])("with an entry of a wrong %s says its id", (field) => {
    for (const wrong of [{}, [], true]) {
      const { value, unreadable } = list({ data: [{ ...KEY, id: 7, [field]: wrong }, KEY] });
      expect(value).toHaveLength(1);
      expect(unreadable.map(({ id }) => id)).toEqual(["7"]);
      expect(unreadable[0]!.error).toMatchObject({ outcome: "ambiguous", path: SOURCE.path });
      expect(unreadable[0]!.error.message).toContain(field);
    }
  });
});

describe("a text", () => {
  test.each([
    ...[
      "",
      " ",
      "<html><body>Sign in</body></html>",
      '[{"id": "a"',
      "[1,]",
      "undefined",
      "NaN",
      "\u0000",
      "[]]",
    ],
  ])("%j is not JSON, and is not shown", (text) => {
    const error = thrown(() => parseList(wire.apiKey, answer(text), SOURCE));
    expect(error.message).toContain("GET /v1/account/api-keys answered 200 with a body that is not JSON.");
    expect(error.message).not.toContain("Sign in");
    expect(error).toMatchObject({ outcome: "ambiguous", status: 200, method: "GET", path: SOURCE.path });
  });

  test.each(["", '"__proto__"'])("of many brackets (%s) is refused, not a crash", (last) => {
    for (const text of ["[".repeat(300_000), `${"[".repeat(1e5)}${"]".repeat(1e5 - 1)}`])
      thrown(() => parseList(wire.apiKey, answer(text + last), SOURCE));
  });
});

describe("metadata", () => {
  const services = (text: string) => parseList(wire.service, answer(`[${text}]`), SOURCE);
  const read = (metadata: string) =>
    services(JSON.stringify({ ...SERVICE, metadata: 0 }).replace('"metadata":0', `"metadata":${metadata}`))
      .value[0]!.metadata as any;

  test.each([
    '{"__proto__":{"polluted":true},"kept":1}',
    '{"\\u005f_proto__":{"polluted":true},"kept":1}',
    '{"__\\u0070roto__":{"polluted":true},"kept":1}',
    '{"deep":[{"__proto__":{"polluted":true}}],"kept":1}',
  ])("reaches no prototype by %s", (metadata) => {
    const found = read(metadata);
    expect(found.kept).toBe(1);
    expect(found.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    for (const each of [found, found.deep?.[0] ?? {}]) expect(Object.hasOwn(each, "__proto__")).toBe(false);
    // What a careless merge would do with it.
    expect(Object.assign({}, found, found.deep?.[0]).polluted).toBeUndefined();
    expect(({} as any).polluted).toBeUndefined();
  });

  test("a prototype lends no field to an entry that lacks it", () => {
    const text = JSON.stringify(without(SERVICE, "name")).replace("{", '{"__proto__":{"name":"inherited"},');
    const { value, unreadable } = services(text);
    expect(value).toEqual([]);
    expect(unreadable[0]!.error.message).toContain("name:");
  });

  const PROTOTYPES = '"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}';
  const ODD_TEXTS = '"lone":"\\ud800","esc":"\\u001b[31m\\r\\n"';
  test.each([
    ["`constructor` and `prototype`", `{${PROTOTYPES}}`],
    ["huge numbers", '{"big":1e400,"small":-1e400,"int":123456789012345678901234567890}'],
    ["lone surrogates, control characters", `{${ODD_TEXTS}}`],
    ["3 MB texts", `{"long":"${"x".repeat(3_000_000)}"}`],
  ])("passes %s through untouched", (_what, metadata) => {
    expect(read(metadata)).toEqual(JSON.parse(metadata));
    expect(({} as any).polluted).toBeUndefined();
  });
});

test.each(["-1", "1.5", '"3"', "1e309"])("a vm_count of %s is refused", (count) => {
  const text = JSON.stringify({ ...SSH, vm_count: 0 }).replace('"vm_count":0', `"vm_count":${count}`);
  thrown(() => parseResponse(wire.sshKey, answer(text), SOURCE));
});

test("a name with CR, LF and escapes is taken as data", () => {
  const name = "a\r\nb\u001b[31m\ud800";
  expect(parseResponse(wire.sshKey, json({ ...SSH, name }), SOURCE).name).toBe(name);
});

test("only success: true, literally, confirms a deletion", () => {
  expect(() => parseResponse(wire.deleted, json({ success: true, message: "gone" }), SOURCE)).not.toThrow();
  for (const body of [{}, { success: false }, { success: 1 }, { success: "true" }, [], null]) {
    thrown(() => parseResponse(wire.deleted, json(body), SOURCE));
  }
});
