// Which API keys of a list bear a mark at the end of their description. A refresh asks for every key of a stack, so each list is indexed once.
import type { ApiKey } from "../../api/schemas";
import type { KeyKind } from "./kind";

type Listed = ReadonlyMap<string, ApiKey>;

const indexes = new WeakMap<Listed, Map<string, ApiKey[]>>();

/** The keys whose description ends in ` #` and this mark, whatever stands before it. */
export function keysMarked(mark: string, byId: Listed): readonly ApiKey[] {
  let index = indexes.get(byId);
  if (!index) indexes.set(byId, (index = indexOf(byId)));
  return index.get(mark) ?? [];
}

/** The keys of this kind that bear one of these marks. */
export function bearing(kind: KeyKind, marks: readonly string[], byId: Listed): ApiKey[] {
  const entries = [...new Set(marks)].flatMap((mark) => keysMarked(mark, byId));
  return entries.filter((entry) => kind.mismatch(entry, {}) === undefined);
}

function indexOf(byId: Listed): Map<string, ApiKey[]> {
  const index = new Map<string, ApiKey[]>();
  for (const entry of byId.values()) {
    const { description = "" } = entry;
    const at = description.lastIndexOf(" #");
    if (at < 0) continue;
    const mark = description.slice(at + 2);
    const others = index.get(mark);
    if (others) others.push(entry);
    else index.set(mark, [entry]);
  }
  return index;
}
