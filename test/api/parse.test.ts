// From an answer's text to typed values: what is taken, and what is refused rather than guessed.
import { z } from "zod";

import { MalformedResponseError } from "../../src/errors";
import { completeList } from "../../src/api/list";
import { parseResponse, parseList } from "../../src/api/parse";
import * as wire from "../../src/api/schemas";
import { without } from "../../src/values";

const SOURCE = { title: "Reading the API keys", method: "GET", path: "/v1/account/api-keys" };
const answer = (text: string, headers: Record<string, string> = {}, status = 200) => ({
  status,
  headers,
  text,
});
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

const KEY = {
  id: "a8b9c0d1-e2f3-4567-89ab-cdef01234567",
  key_prefix: "wayscloud_2xK9mPq",
  key_type: "service",
  service: "database",
  description: "Production database access",
  scopes: ["database:read", "database:write"],
  is_active: true,
  created_at: "2024-03-01T14:00:00Z",
  last_used_at: "2024-03-15T08:45:22Z",
};
const SSH = {
  id: "d1e2f3a4-b5c6-7890-abcd-ef1234567890",
  name: "deploy-server",
  fingerprint: "SHA256:nThbg6kXUpJWGl7E1IGOCspRomTxdCARLviKw6E5SY8",
  key_type: "ssh-ed25519",
  created_at: "2024-02-20T11:15:00Z",
  vm_count: 3,
};
const CREATED = {
  id: "c0d1e2f3-a4b5-6789-abcd-ef0123456789",
  key: "wayscloud_3mN8pQrStUvWxYz_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
  key_prefix: "wayscloud_3mN8pQr",
  key_type: "service",
  warning: "Save this key now. It cannot be retrieved later.",
};
const SERVICE = {
  id: "f3a4b5c6-d7e8-9012-cdef-345678901234",
  service_type: "database",
  name: "webapp-prod-db",
  status: "running",
  region: "oslo",
  created_at: "2024-02-01T10:00:00Z",
  metadata: { engine: "postgresql", version: "16" },
};
const PROFILE = {
  customer_id: "f47ac10b-58cc-4372-a567-0e02b2c3d479",
  email: "kristen.nygaard@simula.no",
  first_name: "Kristen",
  last_name: "Nygaard",
  company: "Simula Research Laboratory",
  customer_type: "business",
  status: "active",
  created_at: "2024-01-15T09:30:00Z",
};

describe("the documented examples", () => {
  test("are read into our own shape", () => {
    expect(parseResponse(wire.apiKey, json(KEY), SOURCE)).toEqual({
      id: KEY.id,
      keyPrefix: KEY.key_prefix,
      keyType: "service",
      service: "database",
      description: KEY.description,
      scopes: KEY.scopes,
      isActive: true,
      createdAt: KEY.created_at,
      lastUsedAt: KEY.last_used_at,
    });
    expect(parseResponse(wire.sshKey, json(SSH), SOURCE)).toEqual({
      id: SSH.id,
      name: SSH.name,
      fingerprint: SSH.fingerprint,
      keyType: SSH.key_type,
      createdAt: SSH.created_at,
      vmCount: 3,
    });
    expect(parseResponse(wire.createdKey, json(CREATED), SOURCE)).toEqual({
      id: CREATED.id,
      key: CREATED.key,
      keyPrefix: CREATED.key_prefix,
      keyType: "service",
    });
    expect(parseResponse(wire.service, json(SERVICE), SOURCE)).toEqual({
      id: SERVICE.id,
      serviceType: "database",
      name: SERVICE.name,
      status: "running",
      region: "oslo",
      createdAt: SERVICE.created_at,
      metadata: SERVICE.metadata,
    });
    expect(parseResponse(wire.profile, json(PROFILE), SOURCE)).toEqual({
      customerId: PROFILE.customer_id,
      email: PROFILE.email,
      firstName: "Kristen",
      lastName: "Nygaard",
      company: PROFILE.company,
      customerType: "business",
      status: "active",
      createdAt: PROFILE.created_at,
    });
  });
});

describe("of what nobody needs", () => {
  test("an SSH key needs only its id, and a name or a fingerprint", () => {
    const read = (entry: object) => parseResponse(wire.sshKey, json(entry), SOURCE);
    const bare = { key_type: null, created_at: null, vm_count: null };
    expect(read({ id: 7, name: "deploy", ...bare })).toEqual({ id: "7", name: "deploy", vmCount: 0 });
    expect(read({ id: 7, name: null, fingerprint: SSH.fingerprint, ...bare })).toEqual({
      id: "7",
      fingerprint: SSH.fingerprint,
      vmCount: 0,
    });
    expect(thrown(() => read({ ...SSH, name: null, fingerprint: "" })).message).toContain("name");
  });

  test("an API key needs only its id, and counts as active unless the list says otherwise", () => {
    const read = (entry: object) => parseResponse(wire.apiKey, json(entry), SOURCE);
    expect(read({ id: 7 })).toEqual({ id: "7", scopes: [], isActive: true });
    expect(read({ id: 7, is_active: false })).toMatchObject({ isActive: false });
  });

  test("an end that the API shows is read, in a list and beside a new key", () => {
    const end = { expires_at: "2024-06-01T00:00:00Z" };
    expect(parseResponse(wire.apiKey, json({ ...KEY, ...end }), SOURCE).expiresAt).toBe(end.expires_at);
    expect(parseResponse(wire.createdKey, json({ ...CREATED, ...end }), SOURCE).expiresAt).toBe(
      end.expires_at,
    );
    const odd = { ...CREATED, expires_at: { in: "90 days" } };
    expect(parseResponse(wire.createdKey, json(odd), SOURCE)).toMatchObject({ key: CREATED.key });
  });

  test.each([
    ["2024-03-01T14:00:00Z", "2024-03-01T14:00:00Z"],
    ["2024-03-01T15:00:00.123456+01:00", "2024-03-01T15:00:00.123456+01:00"],
    ["2024-03-01 15:00:00+01", "2024-03-01T14:00:00Z"],
    ["2024-03-01T14:00:00", "2024-03-01T14:00:00Z"],
    [1709301600, "2024-03-01T14:00:00Z"],
    ["last Friday", "last Friday"],
  ])("the time %j becomes RFC 3339 if it can be read", (time, text) => {
    expect(parseResponse(wire.apiKey, json({ ...KEY, created_at: time }), SOURCE).createdAt).toBe(text);
  });
});

const ALL = { apiKey: KEY, sshKey: SSH, createdKey: CREATED, service: SERVICE, profile: PROFILE };
const NEEDED: Record<keyof typeof ALL, string[]> = {
  apiKey: ["id"],
  sshKey: ["id"],
  createdKey: ["id", "key"],
  service: ["id", "service_type", "name", "status", "created_at"],
  profile: ["customer_id", "email", "customer_type", "status", "created_at"],
};

/** May be absent, but not of another type. */
const TYPED: Partial<Record<keyof typeof ALL, string[]>> = {
  apiKey: ["key_prefix", "key_type", "created_at", "is_active"],
  sshKey: ["name", "fingerprint", "key_type", "created_at"],
};

describe.each(Object.keys(ALL) as (keyof typeof ALL)[])("an entry of kind %s", (kind) => {
  const read = (entry: object) => parseResponse(wire[kind] as z.ZodType, json(entry), SOURCE);

  test("may have fields that nobody knows", () => {
    expect(read({ ...ALL[kind], novelty: { deep: [1] }, constructor: 1, toString: 2 })).toEqual(
      read(ALL[kind]),
    );
  });

  test("may lack, or have null for, what is not needed", () => {
    for (const field of Object.keys(ALL[kind]).filter((name) => !NEEDED[kind].includes(name))) {
      const rest = without(ALL[kind], field);
      expect(() => read(rest)).not.toThrow();
      expect(() => read({ ...rest, [field]: null })).not.toThrow();
    }
  });

  test.each([...NEEDED[kind], ...(TYPED[kind] ?? [])])(
    "must have %s of the right type, if at all",
    (field) => {
      const rest = without(ALL[kind], field);
      const wrongs = [{}, [], field === "is_active" ? 1 : true].map((value) => ({ ...rest, [field]: value }));
      for (const wrong of NEEDED[kind].includes(field)
        ? [rest, { ...rest, [field]: null }, ...wrongs]
        : wrongs) {
        const error = thrown(() => read(wrong));
        expect(error.message).toContain(field);
        expect(error.outcome).toBe("ambiguous");
      }
    },
  );

  test("complaints show no value, only places and rules", () => {
    const canary = "canary-value-5f2b";
    for (const field of Object.keys(ALL[kind])) {
      const wrong = { ...ALL[kind], [field]: { [canary]: canary } };
      try {
        read(wrong);
      } catch (error) {
        expect((error as Error).message).not.toContain(canary);
        expect((error as Error).message).not.toContain("wayscloud_3mN8");
        expect((error as Error).cause).toBeUndefined();
      }
    }
  });
});

describe("an id", () => {
  const idOf = (id: unknown) => parseResponse(wire.sshKey, answer(JSON.stringify({ ...SSH, id })), SOURCE).id;

  test.each([
    [42, "42"],
    [0, "0"],
    ["abc-DEF_09", "abc-DEF_09"],
    [Number.MAX_SAFE_INTEGER, "9007199254740991"],
  ])("%j becomes the text %j", (id, text) => expect(idOf(id)).toBe(text));

  test.each([
    "",
    ".",
    "..",
    "../../account",
    "//evil",
    "a/b",
    "a?b",
    "a#b",
    "a%2fb",
    "a b",
    "a\r\nb",
    "a\u0000",
    "ä",
    "a\\b",
    "a:b",
    "a@b",
    "x".repeat(201),
    "\ud800",
    -1,
    1.5,
    1e21,
    1e308,
    Number.MAX_SAFE_INTEGER + 1,
    true,
    ["a"],
    { id: "a" },
  ])("%j is refused", (id) => {
    expect(thrown(() => idOf(id)).message).not.toContain("evil");
  });

  test("with a line break at its end is refused", () =>
    expect(() => idOf("abc\n")).toThrow(MalformedResponseError));
});

describe("a list", () => {
  const list = (body: unknown, headers = {}, status = 200) =>
    completeList(parseList(wire.apiKey, answer(JSON.stringify(body), headers, status), SOURCE));
  const two = [KEY, { ...KEY, id: "other" }];

  test.each(["ssh_keys", "keys", "api_keys", "services", "data", "items"])(
    "is taken from the wrapper %s",
    (wrapper) => {
      expect(list({ [wrapper]: two }).map(({ id }) => id)).toEqual([KEY.id, "other"]);
      expect(list({ [wrapper]: [] })).toEqual([]);
      expect(list({ status: "ok", [wrapper]: two, page: 1 })).toHaveLength(2);
    },
  );

  test("is taken bare", () => {
    expect(list(two)).toHaveLength(2);
    expect(list([])).toEqual([]);
  });

  const complete: object[] = [
    { next: null },
    { next: "" },
    { has_more: false },
    { total: 2 },
    { total: "2", count: 2 },
    { total: 1 },
    { total: null },
    { meta: { total: 2, next: null, page: 1, pages: 1 } },
    { pagination: { has_more: false, next_cursor: null, total_pages: 1 } },
    { links: { next: null, self: "/v1/account/api-keys", last: "/v1/account/api-keys?page=1" } },
    { links: {} },
    { errors: [], error: null, success: true },
    {
      furthermore: "x",
      next_invoice: "x",
      partially: true,
      counted: 9,
      subtotal: 9,
      pages_read: 9,
      homepages: 9,
    },
    { terrors: ["x"], errors_page: "/errors" },
    { a: { b: { c: { d: { next: "/x" } } } } },
    // Foreign numbers and words: they are not about the list.
    { quota: { total: 100, remaining: 98, count: 50, pages: 3, cursor: "x" } },
    { meta: { quota: { total: 100, remaining: 98 } } },
    { rate_limit: { limit: 60, remaining: 59 }, usage: { total: "9" } },
    { onboarding: { complete: false, last: false } },
    {
      cursor: null,
      continuation_token: "",
      has_more_pages: false,
      next_offset: null,
      next_marker: "",
      remaining: 0,
    },
    { is_last: true, cursors: { before: "x", after: null, next: null } },
    { previous: "/x", limit: 100, offset: 0, page_size: 100, per_page: 50 },
    // What cannot be made a number is none.
    { id: { toString: "" }, total: { valueOf: null } },
  ];
  test.each(complete)("with %j beside it is whole", (extra) =>
    expect(list({ data: two, ...extra })).toHaveLength(2),
  );

  const incomplete: object[] = [
    { next: "/v1/account/api-keys?page=2" },
    { next: { href: "/x" } },
    { next_page: 2 },
    { nextPage: 2 },
    { next_cursor: "abc" },
    { next_page_token: "abc" },
    { nextPageToken: "abc" },
    { next_url: "/x" },
    { has_more: true },
    { has_more: 1 },
    { hasMore: true },
    { has_next: true },
    { truncated: true },
    { is_truncated: true },
    { partial: true },
    { total: 3 },
    { total: "3" },
    { total_count: 3 },
    { totalCount: 3 },
    { total_items: 3 },
    { count: 3 },
    { total: 1e308 },
    { pages: 2 },
    { total_pages: 2 },
    { last_page: 2 },
    { continuation_token: "abc" },
    { continuationToken: "abc" },
    { cursor: "abc" },
    { has_more_pages: true },
    { next_offset: 2 },
    { next_marker: "abc" },
    { NextMarker: "abc" },
    { nextToken: "abc" },
    { "@odata.nextLink": "/x" },
    { remaining: 1 },
    { incomplete_results: true },
    { totalElements: 3, last: false },
    { is_last_page: false },
    { meta: { remaining: 7 } },
    { page_info: { has_next_page: true } },
    { meta: { next: "/x" } },
    { meta: { total: 3 } },
    { meta: { pagination: { total: 3 } } },
    { meta: { page: { has_next: true } } },
    { a: { b: { c: { next: "/x" } } } },
    { pagination: { has_more: true } },
    { pagination: { next_cursor: "x" } },
    { paging: { next: "x" } },
    { links: { next: "/x" } },
    { _links: { next: { href: "/x" } } },
    { error: "one backend did not answer" },
    { errors: [{ message: "shard 2" }] },
    { success: false },
  ];
  test.each(incomplete)("with %j beside it is incomplete", (extra) => {
    const error = thrown(() => list({ data: two, ...extra }));
    expect(error.message).toContain("incomplete list");
    expect(error.outcome).toBe("ambiguous");
    expect(thrown(() => list({ ...extra, data: [] })).message).toContain("incomplete list");
  });

  test.each<[object, Record<string, string>]>([
    [{ limit: 2, offset: 0 }, {}],
    [{ page: 1, page_size: 2 }, {}],
    [{ pageSize: "2" }, {}],
    [{ max_results: 2 }, {}],
    [{ count: 2, limit: 2 }, {}],
    [{ meta: { page: 1, per_page: 2 } }, {}],
    [{ pagination: { limit: 2, total: null } }, {}],
    [{}, { "x-per-page": "2" }],
    [{}, { "x-page-size": "2" }],
    [{}, { "x-pagination": '{"itemsPerPage":2}' }],
  ])("as long as its page size is not proved whole: %j, headers %j", (extra, headers) => {
    expect(thrown(() => list({ data: two, ...extra }, headers)).message).toMatch(
      /incomplete list \(.* says that the page is full\)/,
    );
    if (Object.keys(headers).length > 0)
      expect(() => list(two, headers)).toThrow("says that the page is full");
  });

  test.each<[object, Record<string, string>]>([
    [{ limit: 3, offset: 0 }, {}],
    [{ limit: 1 }, {}],
    [{ limit: 2, total: 2 }, {}],
    [{ limit: 2, has_more: false }, {}],
    [{ limit: 2, next: null }, {}],
    [{ limit: 2, remaining: 0 }, {}],
    [{ page_size: 2, total_pages: 1 }, {}],
    [{ page_size: 2, last: true }, {}],
    [{ page_size: 2 }, { "x-total-count": "2" }],
    [{ page_size: null, limit: "" }, {}],
    [{ quota: { limit: 2 } }, {}],
    [{ limits: 2, rate_limit: 2, size: 2, page: 2 }, {}],
    [{}, { "x-ratelimit-limit": "2", "x-limit": "2", "x-rate-limit-limit": "2", limit: "2" }],
  ])("as long as its page size is whole if another field proves it: %j, headers %j", (extra, headers) => {
    expect(list({ data: two, ...extra }, headers)).toHaveLength(2);
  });

  test("of no entries is no full page", () => {
    expect(list({ data: [], limit: 0 })).toEqual([]);
  });

  test.each([
    '</v1/account/api-keys?page=2>; rel="next"',
    "</v1/account/api-keys?page=2>; rel=next",
    "</v1/account/api-keys?page=2>; rel='next'",
    '</v1/account/api-keys?page=2>; rel = "next"',
    '<a>; rel="first", <b>; rel="last next"',
    "<a>; rel='last next'",
    '<a>; title="x"; REL="NEXT"',
  ])("with the Link header %j is incomplete", (link) => {
    expect(thrown(() => list(two, { link })).message).toContain("the header `link` says that there is more");
  });

  test.each(['<a>; rel="first"', '<a>; rel="prev last"', "", "garbage"])(
    "with the Link header %j is whole",
    (link) => {
      expect(list(two, { link })).toHaveLength(2);
    },
  );

  const incompleteHeaders: Record<string, string>[] = [
    { "x-total-count": "3" },
    { "x-total": "3" },
    { "x-total-pages": "2" },
    { "x-wp-total": "3" },
    { "x-wp-totalpages": "2" },
    { "x-next-page": "2" },
    { "x-next-cursor": "abc" },
    { "x-has-more": "true" },
    { "x-continuation-token": "abc" },
    { "x-ms-continuation": "abc" },
    { "x-page-count": "2" },
    { "x-pagination-total-count": "3" },
    { "x-pagination": '{"total_pages": 4}' },
    { "content-range": "items 0-1/3" },
    { "content-range": "api-keys 2-3/4" },
    { "content-range": "items 0-1/*" },
    { "content-range": "items */3" },
  ];
  test.each(incompleteHeaders)("with the headers %j is incomplete, bare or wrapped", (headers) => {
    const [name] = Object.keys(headers);
    for (const body of [two, { data: two }])
      expect(thrown(() => list(body, headers)).message).toContain(
        `incomplete list (the header \`${name}\` says`,
      );
  });

  const completeHeaders: Record<string, string>[] = [
    { "x-total-count": "2" },
    { "x-total-count": "garbage", "x-total-pages": "1", "x-pagination": "{garbage" },
    { "x-next-page": "", "x-has-more": "false", "x-next-cursor": "null" },
    { "x-pagination": '{"total_pages": 1, "next": null}' },
    {
      "x-ratelimit-remaining": "59",
      "x-ratelimit-limit": "60",
      "x-rate-limit-total": "60",
      "x-remaining": "5",
    },
    { "x-quota-total": "100", "x-request-count": "7", "x-powered-by": "Next.js", "x-nextjs-page": "/x" },
    { "content-range": "items 0-1/2" },
    { "content-range": "bytes 0-499/500" },
    { "content-range": "garbage" },
    { total: "99", count: "99", pages: "9" },
  ];
  test.each(completeHeaders)("with the headers %j is complete", (headers) => {
    for (const body of [two, { data: two }]) expect(list(body, headers)).toHaveLength(2);
  });

  test("of status 206 is incomplete", () => expect(() => list(two, {}, 206)).toThrow("incomplete list"));

  test.each([
    null,
    {},
    "text",
    1,
    true,
    { detail: "x" },
    { data: null },
    { data: {} },
    { data: "[]" },
    { results: [] },
    { data: { items: [] } },
    { keys: [], data: [KEY] },
  ])("is not %j", (body) => {
    expect(thrown(() => list(body)).message).toContain("no list");
  });

  test.each([null, 1, "x", [], {}, [KEY], { ...KEY, id: "../x" }])(
    "with the entry %j shows the others, and says that an entry of unknown id cannot be read",
    (entry) => {
      const { value, unreadable } = parseList(wire.apiKey, json([KEY, entry]), SOURCE);
      expect(value.map(({ id }) => id)).toEqual([KEY.id]);
      expect(unreadable).toMatchObject([{ id: undefined, error: expect.any(MalformedResponseError) }]);
      expect(unreadable[0]!.error.message).toContain("of entry 1");
    },
  );

  test.each(["key_prefix", "key_type", "created_at"])("with an entry of a wrong %s tells its id", (field) => {
    for (const wrong of [{}, [], true]) {
      const { value, unreadable } = parseList(
        wire.apiKey,
        json({ data: [{ ...KEY, id: 7, [field]: wrong }, KEY] }),
        SOURCE,
      );
      expect(value).toHaveLength(1);
      expect(unreadable.map(({ id }) => id)).toEqual(["7"]);
      expect(unreadable[0]!.error).toMatchObject({ outcome: "ambiguous", path: SOURCE.path });
      expect(unreadable[0]!.error.message).toContain(field);
    }
  });
});

describe("a text", () => {
  test.each([
    "",
    " ",
    "<html><body>Sign in</body></html>",
    '[{"id": "a"',
    "[1,]",
    "undefined",
    "NaN",
    "\u0000",
    "[]]",
  ])("%j is not JSON, and is not shown", (text) => {
    const error = thrown(() => parseList(wire.apiKey, answer(text), SOURCE));
    expect(error.message).toContain("GET /v1/account/api-keys answered 200 with a body that is not JSON.");
    expect(error.message).not.toContain("Sign in");
    expect(error).toMatchObject({ outcome: "ambiguous", status: 200, method: "GET", path: SOURCE.path });
  });

  test("of many brackets is refused, not a crash", () => {
    for (const text of [
      "[".repeat(300_000),
      "[".repeat(1e5) + "]".repeat(1e5),
      '{"data":'.repeat(3e4) + "1" + "}".repeat(3e4),
    ]) {
      for (const each of [text, `${text.slice(0, -1)}"__proto__"`]) {
        try {
          const { value, unreadable } = parseList(wire.apiKey, answer(each), SOURCE);
          expect([value.length, unreadable.length]).toEqual([0, 1]);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedResponseError);
        }
      }
    }
  });
});

describe("a prototype", () => {
  const polluting = (metadata: string) =>
    JSON.stringify(SERVICE).replace('{"engine":"postgresql","version":"16"}', metadata);
  const services = (text: string) => parseList(wire.service, answer(`[${text}]`), SOURCE).value;

  test.each([
    '{"__proto__":{"polluted":true},"kept":1}',
    '{"\\u005f_proto__":{"polluted":true},"kept":1}',
    '{"__\\u0070roto__":{"polluted":true},"kept":1}',
    '{"\\u005F\\u005f\\u0070\\u0072\\u006f\\u0074\\u006F\\u005f\\u005f":{"polluted":true},"kept":1}',
    '{"deep":[{"__proto__":{"polluted":true}}],"kept":1}',
    '{"deep":[{"__\\u0070roto__":{"polluted":true}}],"kept":1}',
    '{"deep":[{"\\u005F_proto__":{"polluted":true}}],"kept":1}',
  ])("is not reached by %s", (metadata) => {
    const [service] = services(polluting(metadata));
    const found = service!.metadata as any;
    expect(found.kept).toBe(1);
    expect(found.polluted).toBeUndefined();
    expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
    expect(Object.hasOwn(found, "__proto__")).toBe(false);
    expect(Object.hasOwn(found.deep?.[0] ?? {}, "__proto__")).toBe(false);
    // What a careless merge would do with it.
    const merged = Object.assign({}, found, found.deep?.[0]);
    expect(merged.polluted).toBeUndefined();
    expect(({} as any).polluted).toBeUndefined();
  });

  test("`constructor` and `prototype` in metadata are data", () => {
    const text = polluting('{"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}}');
    expect(services(text)[0]!.metadata).toEqual(
      JSON.parse('{"constructor":{"prototype":{"polluted":true}},"prototype":{"polluted":true}}'),
    );
    expect(({} as any).polluted).toBeUndefined();
  });

  test("lends no field to an entry that lacks it", () => {
    const rest = without(SERVICE, "name");
    const text = JSON.stringify(rest).replace("{", '{"__proto__":{"name":"inherited"},');
    const { value, unreadable } = parseList(wire.service, answer(`[${text}]`), SOURCE);
    expect(value).toEqual([]);
    expect(unreadable[0]!.error.message).toContain("name:");
  });
});

describe("odd values", () => {
  test("metadata passes through untouched: huge numbers, lone surrogates, control characters, 3 MB texts", () => {
    const metadata =
      '{"big":1e400,"small":-1e400,"int":123456789012345678901234567890,"lone":"\\ud800","esc":"\\u001b[31m\\r\\n","long":"' +
      "x".repeat(3_000_000) +
      '"}';
    const text = JSON.stringify({ ...SERVICE, metadata: 0 }).replace(
      '"metadata":0',
      `"metadata":${metadata}`,
    );
    const [service] = parseList(wire.service, answer(`[${text}]`), SOURCE).value;
    expect(service!.metadata).toEqual(JSON.parse(metadata));
    expect((service!.metadata.long as string).length).toBe(3_000_000);
  });

  test.each([-1, 1.5, "3", 1e309])("a vm_count of %j is refused", (vm_count) => {
    const text = JSON.stringify({ ...SSH, vm_count: 0 }).replace(
      '"vm_count":0',
      `"vm_count":${vm_count === 1e309 ? "1e309" : JSON.stringify(vm_count)}`,
    );
    thrown(() => parseResponse(wire.sshKey, answer(text), SOURCE));
  });

  test("names with CR, LF and escapes are taken as data", () => {
    const name = "a\r\nb\u001b[31m\ud800";
    expect(parseResponse(wire.sshKey, json({ ...SSH, name }), SOURCE).name).toBe(name);
  });
});

test("only success: true, literally, confirms a deletion", () => {
  expect(() => parseResponse(wire.deleted, json({ success: true, message: "gone" }), SOURCE)).not.toThrow();
  for (const body of [{}, { success: false }, { success: 1 }, { success: "true" }, [], null]) {
    thrown(() => parseResponse(wire.deleted, json(body), SOURCE));
  }
});
