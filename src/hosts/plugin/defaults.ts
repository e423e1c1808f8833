// Names and descriptions that a program leaves out. A dynamic class fills them in by its constructor; here the URN says what they are made of.
import { createHash } from "node:crypto";

import { autoNameTemplate, endsInMarker, isTemplate } from "../../text/auto-name";
import type { AutoKind } from "../../text/auto-name";
import { isSameMaterial } from "../../lifecycle/ssh-key/identity";
import type { Properties } from "../../values";
import type { PluginResource } from "./resource";
import { ownerOfUrn } from "./urn";

/** Private input: the name or description that an import found. It stays until the program says another; what the program itself once said does not. */
export const IMPORTED = "__imported";

/** The inputs with their default filled in, which `check` gives the marker that the resource has. */
export function withDefaults(resource: PluginResource, olds: Properties, news: Properties): Properties {
  const { project, stack, name } = resource.urn;
  const __owner = ownerOfUrn(resource.urn);
  if (resource.className === "SshKey") {
    const kept = isSameMaterial(olds.publicKey, news.publicKey) || olds.publicKey === undefined;
    const automatic = (kept ? olds[IMPORTED] : undefined) ?? autoNameTemplate(`${name}-`, false);
    const adopts = news.adoptExisting !== undefined && news.adoptExisting !== false;
    return { ...news, name: news.name ?? automatic, ...(adopts && { __owner }) };
  }
  if (resource.className === "SshKeySet")
    return { ...news, namePrefix: news.namePrefix ?? `${name}-`, __owner };
  const owner = `pulumi ${project}/${stack}/${name}`;
  if ("rotateEveryDays" in resource.table.inputs) {
    // The default description says everything of the owner but its parents.
    const isSaid = news.description === undefined && resource.urn.types === resource.urn.type;
    return { ...news, description: news.description ?? owner, ...(!isSaid && { __owner }) };
  }
  const description = news.description ?? olds[IMPORTED] ?? autoNameTemplate(`${owner} #`, false);
  return { ...news, description, ...((news.existing ?? news.description) !== undefined && { __owner }) };
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
