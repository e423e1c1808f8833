// A diff in the engine's form: the properties that differ, and how.
import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";

import type { Diff } from "../../lifecycle/lifecycle";
import type { Properties } from "../../values";

/** `oldInputs` and `news` distinguish an added or removed property from a changed one. */
export function diffResponse(diff: Diff, oldInputs: Properties, news: Properties): DiffResponse {
  const response = new DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(diff.changes ? DIFF_SOME : DIFF_NONE);
  response.setReplacesList(diff.replaces);
  response.setDeletebeforereplace(diff.deleteBeforeReplace ?? false);
  const changed = [...new Set([...diff.replaces, ...(diff.changed ?? [])])];
  response.setDiffsList(changed);
  response.setHasdetaileddiff(changed.length > 0);
  for (const name of changed) {
    const detail = new PropertyDiff();
    detail.setKind(kindOf(oldInputs[name], news[name], diff.replaces.includes(name)));
    detail.setInputdiff(name in oldInputs || name in news);
    response.getDetaileddiffMap().set(name, detail);
  }
  return response;
}

function kindOf(old: unknown, now: unknown, replaces: boolean): PropertyDiff.Kind {
  const { Kind } = PropertyDiff;
  if (old === undefined && now !== undefined) return replaces ? Kind.ADD_REPLACE : Kind.ADD;
  if (old !== undefined && now === undefined) return replaces ? Kind.DELETE_REPLACE : Kind.DELETE;
  return replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE;
}
