// Detects incomplete (paginated or failed) lists. Treating an incomplete list as complete would recreate
// resources that still exist.
import { parsedJson } from "../values";
import type { HttpResponse } from "./transport";

/** A field of the body or a header. */
interface Field {
  /** Its name in messages. */
  label: string;
  /** In lower case without separators, since every framework has its own spelling. */
  name: string;
  value: unknown;
  /** Whether it describes the list. Other objects have numbers too: a `quota` has a `total`. */
  isListInfo: boolean;
}

const NEXT =
  /^(odata)?next(page|pages|cursor|token|pagetoken|offset|marker|key|url|uri|link|links|href)?$|^(has|is)?more(pages|items|results|data|available)?$|^has(next|nextpage)$|^(is)?(truncated|partial)$|^incomplete(results)?$|^continuation(token)?$/;
const LAST = /^(is)?(last|lastpage|complete)$/;
const TOTAL = /^(total|count|(total|full)(count|items|results|records|elements|entries|size))$/;
const PAGES = /^(pages|totalpages|pagecount|lastpage)$/;
const REMAINING = /^remaining(items|count|results)?$/;
const PAGE_SIZE = /^(limit|(per|max)page|(page|max)(size|limit|results)|itemsperpage|pagelength)$/;
const LIST_INFO =
  /^(meta|metadata|links?|pages?|paging|pager|pagination|pageinfo|cursors?|resultinfo|resultset|responsemetadata)$/;
/** How deeply to search nested objects such as `meta.pagination`. */
const MAX_DEPTH = 3;

/** The header or field by which a list of `count` entries is, or may be, incomplete. */
export interface Doubt {
  why: string;
  /** The page is full, but it may still be the last one. */
  isOpen: boolean;
}

export function incompleteness(
  { status, headers }: HttpResponse,
  body: unknown,
  count: number,
): Doubt | undefined {
  if (status === 206) return { why: "206 is Partial Content", isOpen: false };
  const fields = [...headerFields(headers, count), ...fieldsOf(body)];
  const saying = (what: ReturnType<typeof verdict>): string | undefined =>
    fields.find((field) => verdict(field, count) === what)?.label;
  const [failed, unfinished] = [saying("failed"), saying("more")];
  if (failed) return { why: `${failed} reports a failure`, isOpen: false };
  if (unfinished) return { why: `${unfinished} says that there is more`, isOpen: false };
  // Only another field could prove that it is the last page.
  const full = saying("whole") ? undefined : saying("full");
  return full ? { why: `${full} says that the page is full`, isOpen: true } : undefined;
}

/** The doubt that a field raises about a list of `count` entries, if any. Only one page is requested. */
function verdict(
  { name, value, isListInfo }: Field,
  count: number,
): "failed" | "more" | "full" | "whole" | undefined {
  if ((/^errors?$/.test(name) && isSet(value)) || (name === "success" && value === false)) return "failed";
  if (NEXT.test(name) && isSet(value)) return "more";
  if (!isListInfo) return undefined;
  if (name === "cursor") return isSet(value) && typeof value !== "object" ? "more" : undefined;
  if (NEXT.test(name)) return "whole";
  if (LAST.test(name) && typeof value === "boolean") return value ? "whole" : "more";
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  if (typeof number !== "number") return undefined;
  if (PAGE_SIZE.test(name)) return number === count && count > 0 ? "full" : undefined;
  const most = [
    { form: TOTAL, number: count },
    { form: PAGES, number: 1 },
    { form: REMAINING, number: 0 },
  ].find(({ form }) => form.test(name))?.number;
  if (most === undefined) return undefined;
  if (number > most) return "more";
  // `count` may be the number of entries on this page.
  return number === most && name !== "count" ? "whole" : undefined;
}

function* fieldsOf(part: unknown, isListInfo = true, depth = 0): Generator<Field> {
  if (typeof part !== "object" || part === null || Array.isArray(part) || depth > MAX_DEPTH) return;
  for (const [label, value] of Object.entries(part)) {
    const name = normalize(label);
    yield { label: `\`${label}\``, name, value, isListInfo };
    yield* fieldsOf(value, isListInfo && LIST_INFO.test(name), depth + 1);
  }
}

/** `X-Total-Count: 319`, `X-Next-Page: 2`, a complete object in `X-Pagination`, and the standard headers. */
function* headerFields(headers: HttpResponse["headers"], count: number): Generator<Field> {
  for (const [header, given] of Object.entries(headers)) {
    const label = `the header \`${header}\``;
    const [, full = "", short = full] =
      /^x-((?:(?:pagination|paging|page|list|ms|wp)-)?(.+))$/.exec(header) ?? [];
    if (given.startsWith("{") && LIST_INFO.test(normalize(full))) {
      for (const field of fieldsOf(parsedJson(given))) yield { ...field, label };
    }
    const value = /^(false|no|none|null|0)$/i.test(given.trim()) ? "" : given.trim();
    for (const name of [full, short].map(normalize)) {
      // In a header these belong to a rate limit.
      if (name !== "limit" && !REMAINING.test(name)) yield { label, name, value, isListInfo: true };
    }
    const isPartial =
      (header === "link" && /\brel\s*=\s*("[^"]*\bnext\b|'[^']*\bnext\b|next\b)/i.test(given)) ||
      (header === "content-range" && isPartialRange(given, count));
    if (isPartial) yield { label, name: "more", value: true, isListInfo: true };
  }
}

/** `items 0-24/319`; an unknown total (`*`) may be any number. */
function isPartialRange(value: string, count: number): boolean {
  const range = /^\s*([\w-]+)\s+(?:(\d+)-(\d+)|\*)\/(\d+|\*)\s*$/.exec(value);
  if (!range) return false;
  const [, unit, first = "0", last = Infinity, total] = range;
  // The unit may be pages, of which a few may hold many entries.
  const most = Math.min(Number(last) + 1, unit === "bytes" ? Infinity : count);
  return Number(first) > 0 || !(Number(total) <= most);
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** `false`, `null`, `""`, `0`, `[]` and `{}` are not set. */
function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
