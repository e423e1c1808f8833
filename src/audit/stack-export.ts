// The output of `pulumi stack export`: its shape, and the secrets that `--show-secrets` decrypted.
import { z } from "zod";

import { ConfigurationError } from "../errors";
import { SIGNATURE } from "../text/unsafe-entry";

/** Replaces an encrypted secret. */
const HIDDEN = `[secret ${SIGNATURE}]`;

/** A reviver of JSON: the secrets that `--show-secrets` decrypted; the others become {@link HIDDEN}. */
function revealed(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !(SIGNATURE in value)) return value;
  try {
    return JSON.parse(
      "plaintext" in value && typeof value.plaintext === "string" ? value.plaintext : "",
      revealed,
    );
  } catch {
    return HIDDEN;
  }
}

/** Of Go's structures: `null` is as good as nothing. */
function optional<T extends z.ZodType>(type: T, absent: z.output<T>) {
  return type.nullish().transform((value) => value ?? absent);
}

const properties = optional(z.record(z.string(), z.unknown()), {});
const resource = z
  .object({
    urn: z.string(),
    type: z.string(),
    id: optional(z.string(), ""),
    /** It was only looked up (`.get`): the stack does not hold it. */
    external: optional(z.boolean(), false),
    inputs: properties,
    outputs: properties.transform(
      (outputs) => JSON.parse(JSON.stringify(outputs), revealed) as typeof outputs,
    ),
  })
  .transform((shown) => {
    const isHidden = (value: unknown): boolean => JSON.stringify(value).includes(HIDDEN);
    const hidden = Object.keys(shown.outputs).filter((name) => isHidden(shown.outputs[name]));
    /** `hidden`: the names of the outputs that are encrypted, or have an encrypted part. */
    return { ...shown, hidden: new Set(hidden) };
  });

export type ExportedResource = z.output<typeof resource>;

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
  const { data, error } = stackExport.safeParse(exported);
  if (data) return data.deployment.resources;
  const [issue] = error.issues;
  const inner = issue?.code === "invalid_union" ? issue.errors[0]?.[0] : undefined;
  // Where the shape is wrong: only positions and names of fields, never a value.
  const path = [...(issue?.path ?? []), ...(inner?.path ?? [])].map(String).join(".");
  const place = path === "" ? "" : ` (${path}: ${(inner ?? issue)?.message ?? ""})`;
  throw new ConfigurationError(`${name} is not the output of \`pulumi stack export\`${place}.`);
}
