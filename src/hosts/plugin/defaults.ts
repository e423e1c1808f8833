// Names and descriptions that a program leaves out: filled in by the URN, as an import found them, with the marker that the engine's seed yields.
import { createHash } from "node:crypto";

import { classes } from "../../fields/classes";
import { endsInMarker, isTemplate } from "../../text/auto-name";
import type { AutoKind } from "../../text/auto-name";
import { isSameMaterial } from "../../lifecycle/ssh-key/identity";
import type { Properties } from "../../values";
import type { PluginResource } from "./urn";

/** Private input: the name or description that an import found. It stays until the program says another; what the program itself once said does not. */
export const IMPORTED = "__imported";

/** The inputs with their default filled in, which `check` gives the marker that the resource has. */
export function withDefaults(
  { className, urn }: PluginResource,
  olds: Properties,
  news: Properties,
): Properties {
  // A key of other material is another one, whatever name the imported one had.
  const isAnother = olds.publicKey !== undefined && !isSameMaterial(olds.publicKey, news.publicKey);
  const found = isAnother ? undefined : olds[IMPORTED];
  return classes[className].withDefaults(news, urn, { isPreview: false, found });
}

/** The checked inputs with the note of an import, as long as what it found stays. */
export function withImported(olds: Properties, checked: Properties): Properties {
  const found = olds[IMPORTED];
  const stays = found !== undefined && (checked.name === found || checked.description === found);
  return stays ? { ...checked, [IMPORTED]: found } : checked;
}

/** The checked inputs with the mark that the engine's random seed yields, so that an `up` keeps what its plan shows. */
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
    // Only what was drawn for this template just now: a mark that was kept stays.
    if (!isTemplate(given[kind], kind) || !endsInMarker(drawn, kind) || drawn === olds[kind]) return {};
    return { [kind]: drawn.slice(0, -mark.length) + mark };
  };
  return { ...checked, ...seeded("name"), ...seeded("description") };
}
