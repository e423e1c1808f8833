// Detects incomplete (paginated or failed) lists. Treating an incomplete list as complete would recreate
// resources that still exist.
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
const PAGES = /^(pages|totalpages|pagecount|lastpage)$/;
const TOTAL = /^(total|count|(total|full)(count|items|results|records|elements|entries|size))$/;
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
  const sure = (why: string): Doubt => ({ why, isOpen: false });
  if (status === 206) return sure("206 is Partial Content");
  if (/\brel\s*=\s*("[^"]*\bnext\b|'[^']*\bnext\b|next\b)/i.test(headers.link ?? ""))
    return sure(more("the header `link`"));
  if (isPartialRange(headers["content-range"] ?? "", count)) return sure(more("the header `content-range`"));
  const fields = [...headerFields(headers), ...fieldsOf(body)];
  const saying = (what: ReturnType<typeof verdict>): Field | undefined =>
    fields.find((field) => verdict(field, count) === what);
  const [failed, unfinished] = [saying("failed"), saying("more")];
  if (failed) return sure(`${failed.label} reports a failure`);
  if (unfinished) return sure(more(unfinished.label));
  // Only another field could prove that it is the last page.
  const full = saying("whole") ? undefined : saying("full");
  return full && { why: `${full.label} says that the page is full`, isOpen: true };
}

function more(label: string): string {
  return `${label} says that there is more`;
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
  if (NEXT.test(name) || (LAST.test(name) && value === true)) return "whole";
  if (LAST.test(name) && value === false) return "more";
  const number =
    typeof value === "number" || (typeof value === "string" && value !== "") ? Number(value) : NaN;
  // `count` may be the number of entries on this page.
  if (TOTAL.test(name)) return compared(number, count, name === "count");
  if (PAGES.test(name)) return compared(number, 1);
  if (REMAINING.test(name)) return compared(number, 0);
  return PAGE_SIZE.test(name) && number === count && count > 0 ? "full" : undefined;
}

function compared(number: number, least: number, isVague = false): "more" | "whole" | undefined {
  if (number > least) return "more";
  return number === least && !isVague ? "whole" : undefined;
}

function* fieldsOf(part: unknown, isListInfo = true, depth = 0): Generator<Field> {
  if (typeof part !== "object" || part === null || Array.isArray(part) || depth > MAX_DEPTH) return;
  for (const [label, value] of Object.entries(part)) {
    const name = normalize(label);
    yield { label: `\`${label}\``, name, value, isListInfo };
    yield* fieldsOf(value, isListInfo && LIST_INFO.test(name), depth + 1);
  }
}

/** `X-Total-Count: 319`, `X-Next-Page: 2`, and a complete object in `X-Pagination`. */
function* headerFields(headers: HttpResponse["headers"]): Generator<Field> {
  for (const [header, given] of Object.entries(headers)) {
    const label = `the header \`${header}\``;
    const [, full = "", short = full] =
      /^x-((?:(?:pagination|paging|page|list|ms|wp)-)?(.+))$/.exec(header) ?? [];
    if (given.startsWith("{") && LIST_INFO.test(normalize(full))) {
      for (const field of fieldsOf(parsed(given))) yield { ...field, label };
    }
    const value = /^(false|no|none|null|0)$/i.test(given.trim()) ? "" : given.trim();
    for (const name of [full, short].map(normalize)) {
      // In a header these belong to a rate limit.
      if (name !== "limit" && !REMAINING.test(name)) yield { label, name, value, isListInfo: true };
    }
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** `items 0-24/319`; an unknown total (`*`) may be any number. */
function isPartialRange(value: string, count: number): boolean {
  const range = /^\s*([\w-]+)\s+(?:(\d+)-(\d+)|\*)\/(\d+|\*)\s*$/.exec(value);
  if (!range) return false;
  const [, unit, first, last, total] = range;
  if (total === "*" || Number(first) > 0 || Number(last) + 1 < Number(total)) return true;
  return unit !== "bytes" && Number(total) > count;
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** `false`, `null`, `""`, `0`, `[]` and `{}` are not set. */
function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
