// The output of `pulumi stack export`: its shape, and the secrets that `--show-secrets` decrypted.
import { z } from "zod";

import { ConfigurationError } from "../errors";
import { SIGNATURE } from "../text/unsafe-entry";

/** A resource of a stack. */
export interface ExportedResource {
  urn: string;
  type: string;
  id: string;
  /** It was only looked up (`.get`): the stack does not hold it. */
  external: boolean;
  inputs: Record<string, unknown>;
  /** With {@link HIDDEN} for each secret that is encrypted. */
  outputs: Record<string, unknown>;
  /** The names of the outputs that are encrypted, or have an encrypted part. */
  hidden: ReadonlySet<string>;
}

/** Replaces an encrypted secret. */
const HIDDEN = "[secret]";

/** Of Go's structures: `null` is as good as nothing. */
function optional<T extends z.ZodType>(type: T, absent: z.output<T>) {
  return type.nullish().transform((value) => value ?? absent);
}

const properties = optional(z.record(z.string(), z.unknown()), {});
const resource = z
  .object({
    ...{ urn: z.string(), type: z.string(), id: optional(z.string(), "") },
    ...{ external: optional(z.boolean(), false), inputs: properties, outputs: properties },
  })
  .transform(({ outputs, ...rest }): ExportedResource => {
    const shown = Object.entries(outputs).map(([name, value]) => ({ name, ...revealed(value) }));
    return {
      ...rest,
      outputs: Object.fromEntries(shown.map(({ name, value }) => [name, value])),
      hidden: new Set(shown.flatMap(({ name, isHidden }) => (isHidden ? [name] : []))),
    };
  });

/** A stack without resources always has a manifest. */
const stackExport = z.object({
  deployment: z.union([
    z.object({ resources: z.array(resource) }),
    z
      .object({ manifest: z.looseObject({}), resources: z.null().optional() })
      .transform(() => ({ resources: [] })),
  ]),
});

/**
 * The resources of an export. `name`: its name in messages.
 *
 * @throws ConfigurationError if it is not an export.
 */
export function resourcesIn(exported: unknown, name: string): ExportedResource[] {
  const parsed = stackExport.safeParse(exported);
  if (parsed.success) return parsed.data.deployment.resources;
  throw new ConfigurationError(
    `${name} is not the output of \`pulumi stack export\`${placeOf(parsed.error.issues[0])}.`,
  );
}

/** Where the shape is wrong: only positions and names of fields, never a value. */
function placeOf(issue: z.core.$ZodIssue | undefined): string {
  const inner = issue?.code === "invalid_union" ? issue.errors[0]?.[0] : undefined;
  const path = [...(issue?.path ?? []), ...(inner?.path ?? [])];
  return path.length > 0 ? ` (${path.map(String).join(".")}: ${(inner ?? issue)?.message ?? ""})` : "";
}

/** The value with the secrets in it that `--show-secrets` decrypted; the others become {@link HIDDEN}. */
function revealed(value: unknown): { value: unknown; isHidden: boolean } {
  let isHidden = false;
  const reveal = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(reveal);
    if (typeof part !== "object" || part === null) return part;
    if (!(SIGNATURE in part)) {
      return Object.fromEntries(Object.entries(part).map(([key, each]) => [key, reveal(each)]));
    }
    try {
      return reveal(
        JSON.parse("plaintext" in part && typeof part.plaintext === "string" ? part.plaintext : ""),
      );
    } catch {
      isHidden = true;
      return HIDDEN;
    }
  };
  return { value: reveal(value), isHidden };
}
