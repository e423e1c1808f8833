// Suggests the name that was probably meant.

/** `; did you mean "x"?` when one of the names is near, else a full stop. */
export function didYouMean(given: string, names: readonly string[]): string {
  const near = nearest(given, names, Infinity);
  return near === undefined ? "." : `; did you mean "${near}"?`;
}

/** The name with the most similar spelling: at most `most` changes, and fewer than half of its letters. */
export function nearest(given: string, names: readonly string[], most: number): string | undefined {
  const near = names
    .map((name) => ({ name, distance: editDistance(given.toLowerCase().slice(0, 40), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (near === undefined) return undefined;
  const limit = Math.min(most, Math.max(2, Math.floor(near.name.length / 2)));
  return near.distance <= limit ? near.name : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
