// When a list is not all there is. Absence from such a list proves nothing, and a resource taken for gone would be made a second time.
import type { HttpResponse } from "./transport";

// Names in lower case without underscores, since every framework spells them its own way.
const MORE =
  /^(next(page|cursor|token|pagetoken|url|link|href)?|has(more|next|nextpage)|more|(is)?(truncated|partial))$/;
const TOTAL = /^(total|count|(total|full)(count|items|results|records|size))$/;
const PAGES = /^(pages|totalpages|pagecount|lastpage)$/;
const FAULT = /^errors?$/;
/** Wrappers keep such fields in `meta`, `pagination`, `links` and the like, or in one of these within another. */
const MAX_DEPTH = 3;

/** In words, the header or field by which a response says that there is more than these `count` entries; `undefined` when none does. */
export function incompleteReason(response: HttpResponse, body: unknown, count: number): string | undefined {
  if (response.status === 206) return "206 is Partial Content";
  if (/\brel\s*=\s*("[^"]*\bnext\b|'[^']*\bnext\b|next\b)/i.test(response.headers.link ?? ""))
    return says("Link");
  return findSignal(body, count, 0);
}

function findSignal(part: unknown, count: number, depth: number): string | undefined {
  if (typeof part !== "object" || part === null || Array.isArray(part) || depth > MAX_DEPTH) return undefined;
  for (const [field, value] of Object.entries(part)) {
    const name = field.toLowerCase().replaceAll(/[_-]/g, "");
    if (MORE.test(name) && isSet(value)) return says(field);
    if (TOTAL.test(name) && Number(value) > count) return says(field);
    // Only one page is ever asked for.
    if (PAGES.test(name) && Number(value) > 1) return says(field);
    if ((FAULT.test(name) && isSet(value)) || (name === "success" && value === false)) {
      return `\`${field}\` says that something failed`;
    }
    const within = findSignal(value, count, depth + 1);
    if (within !== undefined) return within;
  }
  return undefined;
}

function says(name: string): string {
  return `\`${name}\` says that there is more`;
}

/** `false`, `null`, `""`, `0`, `[]` and `{}` say nothing. */
function isSet(value: unknown): boolean {
  return typeof value === "object" && value !== null ? Object.keys(value).length > 0 : Boolean(value);
}
