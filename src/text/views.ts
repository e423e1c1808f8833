// How a reader sees a string: invisible characters gone and escapes decoded, each character with its place in the original. Linear in its length.

/** A string as it may be read. `starts` and `ends` are the places of its characters in the original. */
export interface View {
  text: string;
  starts: readonly number[];
  ends: readonly number[];
}

/** C0, C1, line and paragraph separators, and format characters: they can redraw the terminal, or split a key that a reader still sees. */
const INVISIBLE = /^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]$/u;
const ESCAPE = 0x1b;
/** Nested encodings: a key that was URL-encoded and then put into JSON, and so on. */
const MAX_DECODINGS = 4;
const MAX_TITLE_LENGTH = 500;

/** All views of a string: with the terminal sequences in it read as text and as unseen, and each decoded once, twice and so on. */
export function viewsOf(text: string): View[] {
  const places = Array.from({ length: text.length + 1 }, (_, at) => at);
  const original = { text, starts: places, ends: places.slice(1) };
  const mayHoldSequences = text.includes("\u001b") || isEncoded(text);
  return (mayHoldSequences ? [skipInvisible, skipSequence] : [skipInvisible]).flatMap((skip) => {
    const views = [withoutInvisible(original, skip)];
    for (
      let [view] = views;
      view && isEncoded(view.text) && views.length <= MAX_DECODINGS;
      view = views.at(-1)
    ) {
      const next = withoutInvisible(decoded(view), skip);
      if (next.text === view.text) break;
      views.push(next);
    }
    return views;
  });
}

function isEncoded(text: string): boolean {
  return text.includes("%") || text.includes("\\");
}

/** The end of what nobody sees at this place (a terminal sequence or an invisible character); the place itself if it is visible. */
export function skipSequence(text: string, at: number): number {
  if (text.charCodeAt(at) === ESCAPE) {
    const next = text.charCodeAt(at + 1);
    const end = next === 0x5b ? endOfControl(text, at + 2) : next === 0x5d ? endOfTitle(text, at + 2) : -1;
    if (end > 0) return end;
  }
  return skipInvisible(text, at);
}

function skipInvisible(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if ((code >= 0x20 && code < 0x7f) || at >= text.length) return at;
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  return INVISIBLE.test(character) ? at + character.length : at;
}

/** `ESC [`, parameters, intermediates, and one final character: colors and cursor movements. */
function endOfControl(text: string, from: number): number {
  let at = from;
  while (within(text.charCodeAt(at), 0x30, 0x3f)) at += 1;
  while (within(text.charCodeAt(at), 0x20, 0x2f)) at += 1;
  return within(text.charCodeAt(at), 0x40, 0x7e) ? at + 1 : -1;
}

/** `ESC ]`, a title, and BEL or `ESC \`. The next escape ends the search, so no part is searched twice. */
function endOfTitle(text: string, from: number): number {
  for (let at = from; at < text.length && at <= from + MAX_TITLE_LENGTH; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x07) return at + 1;
    if (code === ESCAPE) return text.charCodeAt(at + 1) === 0x5c ? at + 2 : -1;
  }
  return -1;
}

function within(code: number, first: number, last: number): boolean {
  return code >= first && code <= last;
}

function withoutInvisible({ text, starts, ends }: View, skip: (text: string, at: number) => number): View {
  const [parts, newStarts, newEnds]: [string[], number[], number[]] = [[], [], []];
  for (let at = 0; at < text.length;) {
    const end = skip(text, at);
    if (end === at) {
      parts.push(text.charAt(at));
      newStarts.push(starts[at] ?? 0);
      newEnds.push(ends[at] ?? 0);
    }
    at = Math.max(end, at + 1);
  }
  return { text: parts.join(""), starts: newStarts, ends: newEnds };
}

/** The view with each `%41`, `\u0041` and `\/` replaced by the character that it stands for. */
function decoded({ text, starts, ends }: View): View {
  const [parts, newStarts, newEnds]: [string[], number[], number[]] = [[], [], []];
  for (let at = 0; at < text.length;) {
    const { character, end } = characterAt(text, at);
    parts.push(character);
    newStarts.push(starts[at] ?? 0);
    newEnds.push(ends[end - 1] ?? 0);
    at = end;
  }
  return { text: parts.join(""), starts: newStarts, ends: newEnds };
}

function characterAt(text: string, at: number): { character: string; end: number } {
  const first = text.charCodeAt(at);
  if (first === 0x25) return escape(text, at, at + 1, 2);
  if (first !== 0x5c) return { character: text.charAt(at), end: at + 1 };
  if (text.charCodeAt(at + 1) === 0x75) return escape(text, at, at + 2, 4);
  // `\/`, `\"` and `\\`.
  const next = text.charAt(at + 1);
  return /[^A-Za-z0-9]/.test(next) ? { character: next, end: at + 2 } : { character: "\\", end: at + 1 };
}

/** The character that these hex digits stand for; the one at `at` if they are none. */
function escape(text: string, at: number, from: number, length: number): { character: string; end: number } {
  const digits = text.slice(from, from + length);
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    return { character: text.charAt(at), end: at + 1 };
  }
  return { character: String.fromCharCode(parseInt(digits, 16)), end: from + length };
}
