// Detects incomplete (paginated or failed) lists. Treating an incomplete list as complete would recreate resources that still exist.
import type { HttpResponse } from "./transport";

// Names in lower case without separators, since every framework spells them its own way.
const NEXT_PAGE =
  /^(odata)?next(page|pages|cursor|token|pagetoken|offset|marker|key|url|uri|link|links|href)?$|^(has|is)?more(pages|items|results|data|available)?$|^has(next|nextpage)$|^(is)?(truncated|partial)$|^incomplete(results)?$|^continuation(token)?$/;
const LAST_PAGE = /^(is)?(last|lastpage|complete)$/;
const FAULT = /^errors?$/;
// Numbers and names that many other things have as well: a `quota` has a `total`, too.
const TOTAL = /^(total|count|(total|full)(count|items|results|records|elements|entries|size))$/;
const PAGES = /^(pages|totalpages|pagecount|lastpage)$/;
const REMAINING = /^remaining(items|count|results)?$/;
const CURSOR = /^cursor$/;
/** Objects that describe the list, where such numbers are about the list. */
const LIST_INFO =
  /^(meta|metadata|links?|pages?|paging|pager|pagination|pageinfo|cursors?|resultinfo|resultset|responsemetadata)$/;
/** How deeply to search nested objects such as `meta.pagination`. */
const MAX_DEPTH = 3;

/** Says by which header or field the response shows that there is more than these `count` entries; `undefined` if none does. */
export function incompleteReason(response: HttpResponse, body: unknown, count: number): string | undefined {
  if (response.status === 206) return "206 is Partial Content";
  return headerSignal(response.headers, count) ?? findSignal(body, count, 0, true);
}

function headerSignal(headers: HttpResponse["headers"], count: number): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    const isSignal =
      name === "link"
        ? /\brel\s*=\s*("[^"]*\bnext\b|'[^']*\bnext\b|next\b)/i.test(value)
        : name === "content-range"
          ? isPartialRange(value, count)
          : isCustomSignal(name, value, count);
    if (isSignal) return `the header ${signalText(name)}`;
  }
  return undefined;
}

/** `items 0-24/319`; a total that is not known (`*`) may be any. */
function isPartialRange(value: string, count: number): boolean {
  const range = /^\s*([\w-]+)\s+(?:(\d+)-(\d+)|\*)\/(\d+|\*)\s*$/.exec(value);
  if (!range) return false;
  const [, unit, first, last, total] = range;
  if (total === "*" || Number(first) > 0 || Number(last) + 1 < Number(total)) return true;
  return unit !== "bytes" && Number(total) > count;
}

/** `X-Total-Count: 319`, `X-Next-Page: 2`, and a complete object in `X-Pagination`. */
function isCustomSignal(name: string, value: string, count: number): boolean {
  const [, full = "", , short = full] = /^x-((pagination|paging|page|list|ms|wp)-(.+)|.+)$/.exec(name) ?? [];
  if (value.startsWith("{")) return LIST_INFO.test(normalize(full)) && isSignalingJson(value, count);
  const given = /^(false|no|none|null|0)$/i.test(value.trim()) ? "" : value.trim();
  return [full, short]
    .map(normalize)
    .some((field) => field !== "" && !REMAINING.test(field) && isSignal(field, given, count, true));
}

function isSignalingJson(value: string, count: number): boolean {
  try {
    return findSignal(JSON.parse(value), count, 0, true) !== undefined;
  } catch {
    return false;
  }
}

function findSignal(part: unknown, count: number, depth: number, isListInfo: boolean): string | undefined {
  if (typeof part !== "object" || part === null || Array.isArray(part) || depth > MAX_DEPTH) return undefined;
  for (const [name, value] of Object.entries(part)) {
    const field = normalize(name);
    if (isSignal(field, value, count, isListInfo)) return signalText(name);
    if ((FAULT.test(field) && isSet(value)) || (field === "success" && value === false)) {
      return `\`${name}\` reports a failure`;
    }
    const within = findSignal(value, count, depth + 1, isListInfo && LIST_INFO.test(field));
    if (within !== undefined) return within;
  }
  return undefined;
}

function isSignal(field: string, value: unknown, count: number, isListInfo: boolean): boolean {
  if (NEXT_PAGE.test(field)) return isSet(value);
  if (!isListInfo) return false;
  if (LAST_PAGE.test(field)) return value === false || (PAGES.test(field) && Number(value) > 1);
  if (TOTAL.test(field)) return Number(value) > count;
  // Only one page is ever requested.
  if (PAGES.test(field)) return Number(value) > 1;
  if (REMAINING.test(field)) return Number(value) > 0;
  return CURSOR.test(field) && isSet(value) && typeof value !== "object";
}

function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function signalText(name: string): string {
  return `\`${name}\` says that there is more`;
}

/** `false`, `null`, `""`, `0`, `[]` and `{}` are not set. */
function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
