// src/api/incomplete.ts: every known sign that a list is one page of many, in its body and its headers, and what is none.
import { MalformedResponseError } from "../../src/errors";
import { completeList } from "../../src/api/list";
import { parseList } from "../../src/api/parse";
import * as wire from "../../src/api/schemas";

const LABEL = {
  operation: { title: "Reading the API keys" },
  ...{ method: "GET" as const, path: "/v1/account/api-keys" },
};
type Headers = Record<string, string>;

const parse = (body: unknown, headers: Headers = {}, status = 200) =>
  parseList(wire.apiKey, { status, headers, text: JSON.stringify(body) }, LABEL);
const list = (...args: Parameters<typeof parse>) => completeList(parse(...args));
const two = [{ id: "one" }, { id: "other" }];

/** Rejected by whom it concerns: everybody, unless the list is only a page that may be the last one. */
function expectIncomplete(why: string | RegExp, ...args: Parameters<typeof parse>): void {
  const read = why instanceof RegExp ? list : parse;
  expect(() => read(...args)).toThrow(why);
  expect(() => read(...args)).toThrow(expect.objectContaining({ outcome: "ambiguous" }));
  expect(() => read(...args)).toThrow(MalformedResponseError);
}

/** Fields with the value by which each of them says that two entries are not all. */
const MORE: [names: string, value: unknown][] = [
  [
    "next next_page nextPage next_cursor next_page_token nextPageToken next_url next_offset next_marker",
    "abc",
  ],
  ["NextMarker nextToken @odata.nextLink continuation_token continuationToken cursor", "abc"],
  ["has_more hasMore has_next has_more_pages truncated is_truncated partial incomplete_results", true],
  ["total total_count totalCount total_items totalElements count", 3],
  ["pages total_pages last_page", 2],
  ["remaining has_more", 1],
  ["is_last_page last success", false],
];
const incomplete: object[] = [
  ...MORE.flatMap(([names, value]) => names.split(" ").map((name) => ({ [name]: value }))),
  { next: { href: "/x" } },
  { total: "3" },
  { total: 1e308 },
  { meta: { remaining: 7 } },
  { page_info: { has_next_page: true } },
  { meta: { next: "/x" } },
  { meta: { pagination: { total: 3 } } },
  { meta: { page: { has_next: true } } },
  { a: { b: { c: { next: "/x" } } } },
  { pagination: { next_cursor: "x" } },
  { paging: { next: "x" } },
  { links: { next: "/x" } },
  { _links: { next: { href: "/x" } } },
  { error: "one backend did not answer" },
  { errors: [{ message: "shard 2" }] },
];
test.each(incomplete)("with %j beside it a list is incomplete, even an empty one", (extra) => {
  for (const data of [two, []]) expectIncomplete("incomplete list", { data, ...extra });
});

test.each<object>([
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
  { cursor: null, continuation_token: "", has_more_pages: false, next_offset: null, remaining: 0 },
  { is_last: true, cursors: { before: "x", after: null, next: null } },
  { previous: "/x", limit: 100, offset: 0, page_size: 100, per_page: 50 },
  // What cannot be made a number is none.
  { id: { toString: "" }, total: { valueOf: null } },
  // Foreign numbers and words: they are not about the list.
  { furthermore: "x", next_invoice: "x", partially: true, counted: 9 },
  { subtotal: 9, pages_read: 9, homepages: 9 },
  { terrors: ["x"], errors_page: "/errors" },
  { a: { b: { c: { d: { next: "/x" } } } } },
  { quota: { total: 100, remaining: 98, count: 50, pages: 3, cursor: "x" } },
  { meta: { quota: { total: 100, remaining: 98 } } },
  { quota: { meta: { total: 100 } }, cursor: { before: "x" } },
  { rate_limit: { limit: 60, remaining: 59 }, usage: { total: "9" } },
  { onboarding: { complete: false, last: false } },
])("with %j beside it a list is whole", (extra) => expect(list({ data: two, ...extra })).toHaveLength(2));

test.each<[object, Headers]>([
  [{ limit: 2, offset: 0 }, {}],
  [{ page: 1, page_size: 2 }, {}],
  [{ pageSize: "2" }, {}],
  [{ max_results: 2 }, {}],
  [{ count: 2, limit: 2 }, {}],
  [{ meta: { page: 1, per_page: 2 } }, {}],
  [{ pagination: { limit: 2, total: null, remaining: "" } }, {}],
  [{}, { "x-per-page": "2" }],
  [{}, { "x-page-size": "2" }],
  [{}, { "x-pagination": '{"itemsPerPage":2}' }],
])("as long as its page size it is not proved whole: %j, headers %j", (extra, headers) => {
  const full = /incomplete list \(.* says that the page is full\)/;
  expectIncomplete(full, { data: two, ...extra }, headers);
  expect(parse({ data: two, ...extra }, headers).value).toHaveLength(2);
  if (Object.keys(headers).length > 0) expectIncomplete(full, two, headers);
});

test.each<[object, Headers]>([
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
])("as long as its page size it is whole if another field proves it: %j, headers %j", (extra, headers) => {
  expect(list({ data: two, ...extra }, headers)).toHaveLength(2);
});

test("no entries are no full page", () => expect(list({ data: [], limit: 0 })).toEqual([]));

test.each([
  '</v1/account/api-keys?page=2>; rel="next"',
  "</v1/account/api-keys?page=2>; rel=next",
  "</v1/account/api-keys?page=2>; rel='next'",
  '</v1/account/api-keys?page=2>; rel = "next"',
  '<a>; rel="first", <b>; rel="last next"',
  "<a>; rel='last next'",
  '<a>; title="x"; REL="NEXT"',
])("with the Link header %j it is incomplete", (link) =>
  expectIncomplete("the header `link` says that there is more", two, { link }),
);

test.each<[name: string, value: string]>([
  ["x-total-count", "3"],
  ["x-total", "3"],
  ["x-total-pages", "2"],
  ["x-wp-total", "3"],
  ["x-wp-totalpages", "2"],
  ["x-next-page", "2"],
  ["x-next-cursor", "abc"],
  ["x-has-more", "true"],
  ["x-continuation-token", "abc"],
  ["x-ms-continuation", "abc"],
  ["x-page-count", "2"],
  ["x-pagination-total-count", "3"],
  ["x-pagination", '{"total_pages": 4}'],
  ["content-range", "items 0-1/3"],
  ["content-range", "api-keys 2-3/4"],
  ["content-range", "items 0-1/*"],
  ["content-range", "items */3"],
  ["content-range", "items 1-2/2"],
  ["content-range", "pages 0-0/2"],
])("with the header %s: %s it is incomplete, bare or wrapped", (name, value) => {
  for (const body of [two, { data: two }])
    expectIncomplete(`incomplete list (the header \`${name}\` says`, body, { [name]: value });
});

test.each<Headers>([
  ...['<a>; rel="first"', '<a>; rel="prev last"', "", "garbage"].map((link) => ({ link })),
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
])("with the headers %j it is whole", (headers) => {
  for (const body of [two, { data: two }]) expect(list(body, headers)).toHaveLength(2);
});

test("of status 206 it is incomplete", () =>
  expectIncomplete("incomplete list (206 is Partial Content)", two, {}, 206));
