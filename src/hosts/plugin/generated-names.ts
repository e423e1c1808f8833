// Default names and descriptions: from the URN or an import, with a marker from the engine's seed.
import { createHash } from "node:crypto";

import { classes } from "../../fields/classes";
import { isSameMaterial } from "../../lifecycle/ssh-key/identity";
import { endsInMarker, isTemplate } from "../../text/auto-name";
import type { AutoKind } from "../../text/auto-name";
import type { Properties } from "../../values";
import type { PluginResource } from "./urn";

/** Private input: the name or description that an import found. It stays until the program has another. */
export const IMPORTED = "__imported";

/** The inputs with their default filled in, which `check` gives the marker that the resource has. */
export function withDefaults(
  { className, urn }: PluginResource,
  olds: Properties,
  news: Properties,
): Properties {
  // Other key material means another key, which does not keep the imported name.
  const isAnother = olds.publicKey !== undefined && !isSameMaterial(olds.publicKey, news.publicKey);
  const found = isAnother ? undefined : olds[IMPORTED];
  return classes[className].withDefaults(news, urn, { isPreview: false, found });
}

/** The checked inputs with the import's private input, as long as that applies. */
export function withImported(olds: Properties, checked: Properties): Properties {
  const found = olds[IMPORTED];
  const stays = found !== undefined && (checked.name === found || checked.description === found);
  return stays ? { ...checked, [IMPORTED]: found } : checked;
}

/** The checked inputs with a marker from the engine's random seed, so that an `up` matches its plan. */
export function withSeededMark(
  given: Properties,
  olds: Properties,
  checked: Properties,
  seed: Uint8Array,
): Properties {
  if (seed.length === 0) return checked;
  const mark = createHash("sha256").update(seed).digest("hex").slice(0, 7);
  const seeded = (kind: AutoKind): Properties => {
    const drawn = checked[kind];
    // Only a marker that was just generated for this template: an older one stays.
    if (!isTemplate(given[kind], kind) || !endsInMarker(drawn, kind) || drawn === olds[kind]) return {};
    return { [kind]: drawn.slice(0, -mark.length) + mark };
  };
  return { ...checked, ...seeded("name"), ...seeded("description") };
}
