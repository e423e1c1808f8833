// The user's own text in a message, with a question mark for whatever could redraw the terminal.

export function printable(text: string, limit = Infinity): string {
  return text
    .slice(0, limit)
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "?");
}

export function quoteForTerminal(text: string, limit = Infinity): string {
  return JSON.stringify(printable(text, limit));
}
