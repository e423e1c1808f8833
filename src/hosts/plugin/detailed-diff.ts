// A diff in the engine's form: the properties that differ, and how.
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";

import type { Diff } from "../../lifecycle/lifecycle";
import type { Properties } from "../../values";

/** `oldInputs` and `news` distinguish an added or removed property from a changed one. */
export function diffResponse(diff: Diff, oldInputs: Properties, news: Properties): DiffResponse {
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  const changed = [...new Set([...diff.replaces, ...diff.changed])];
  const response = new DiffResponse()
    .setChanges(changed.length > 0 ? DIFF_SOME : DIFF_NONE)
    .setReplacesList(diff.replaces)
    .setDeletebeforereplace(diff.deleteBeforeReplace ?? false)
    .setDiffsList(changed)
    .setHasdetaileddiff(changed.length > 0);
  for (const name of changed) {
    const kind = kindOf(oldInputs[name], news[name], diff.replaces.includes(name));
    const isInput = name in oldInputs || name in news;
    response.getDetaileddiffMap().set(name, new PropertyDiff().setKind(kind).setInputdiff(isInput));
  }
  return response;
}

function kindOf(old: unknown, now: unknown, replaces: boolean): PropertyDiff.Kind {
  const { Kind } = PropertyDiff;
  if (old === undefined && now !== undefined) return replaces ? Kind.ADD_REPLACE : Kind.ADD;
  if (old !== undefined && now === undefined) return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
  return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
}
