// Generated names: the program sends a template, `check` fills in a marker, which proves ownership later.
import { randomBytes } from "node:crypto";

// The form of Pulumi's own auto-naming patterns.
const MARK = "${hex(7)}";
// Not generated during a preview, because `up` would generate a different one.
const MARK_LATER = "${hex(7), known after up}";

/** `<prefix><marker>`, to be filled in by `check`. */
export function autoNameTemplate(prefix: string, preview: boolean): string {
  return prefix + (preview ? MARK_LATER : MARK);
}

/**
 * Is this a template that {@link autoNameTemplate} made? `kind` distinguishes names from descriptions, so
 * that user text is not mistaken for one.
 */
export function isTemplate(text: unknown, kind: AutoKind): text is string {
  return typeof text === "string" && TEMPLATE[kind].test(text);
}

/** Whether this text ends in a marker that {@link fillTemplate} generated. */
export function endsInMarker(text: unknown, kind: AutoKind): text is string {
  return typeof text === "string" && MARKED[kind].test(text);
}

/** The marker of a marked description or name: its last seven hex digits. */
export function markerOf(text: string): string {
  return text.slice(-7);
}

/** Whether only the following `up` generates the marker. */
export function isPreviewTemplate(template: string): boolean {
  return template.endsWith(MARK_LATER);
}

export function fillTemplate(template: string): string {
  return template.replace(/\$\{hex\(7\)[^}]*\}$/, newMarker());
}

/** Could this template have become this text? */
export function isFrom(template: string, text: string): boolean {
  return text.startsWith(template.slice(0, template.lastIndexOf("${")));
}

export function newMarker(): string {
  return randomBytes(4).toString("hex").slice(0, 7);
}

/** Is this the default description of a rotating key, of any stack and name? */
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
