// Names and descriptions that the package makes up: the program sends a template, `check` fills in the mark, and the mark proves ownership later.
import { randomBytes } from "node:crypto";

// The form of Pulumi's own auto-naming patterns.
const MARK = "${hex(7)}";
// In a preview the mark is not drawn yet, so that nothing is shown that `up` would not do.
const MARK_LATER = "${hex(7), known after up}";

/** `<prefix><mark>` to be filled in by `check`. */
export function autoText(prefix: string, preview: boolean): string {
  return prefix + (preview ? MARK_LATER : MARK);
}

/** Is this a template that {@link autoText} made? `kind` distinguishes names from descriptions, so that user text is not mistaken for one. */
export function isTemplate(text: unknown, kind: AutoKind): text is string {
  return typeof text === "string" && TEMPLATE[kind].test(text);
}

/** Whether this text ends in a marker that {@link fillIn} generated. */
export function bearsMark(text: unknown, kind: AutoKind): text is string {
  return typeof text === "string" && MARKED[kind].test(text);
}

/** The marker of a marked description or name: its last seven hex digits. */
export function markOf(text: string): string {
  return text.slice(-7);
}

/** Is the mark drawn only in the `up` that follows? */
export function isForLater(template: string): boolean {
  return template.endsWith(MARK_LATER);
}

/** The template with a mark drawn. */
export function fillIn(template: string): string {
  return template.replace(/\$\{hex\(7\)[^}]*\}$/, drawMark());
}

/** Seven random hex digits. */
export function drawMark(): string {
  return randomBytes(4).toString("hex").slice(0, 7);
}

/** Is this the default description of a rotating key, whichever stack and name it says? */
export function isDefaultDescription(text: unknown): boolean {
  return typeof text === "string" && /^pulumi [^/]+\/[^/]+\/.+$/s.test(text);
}

export type AutoKind = "name" | "description";

const TEMPLATE: Record<AutoKind, RegExp> = {
  name: /-\$\{hex\(7\)(, known after up)?\}$/s,
  description: /^pulumi .+\/.+\/.+ #\$\{hex\(7\)(, known after up)?\}$/s,
};
const MARKED: Record<AutoKind, RegExp> = {
  name: /-[0-9a-f]{7}$/,
  description: /^pulumi .+\/.+\/.+ #[0-9a-f]{7}$/s,
};
