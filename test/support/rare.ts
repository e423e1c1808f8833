// Rare combinations of what a usual run tries once: `npm run test:all` runs them, as CI does. A whole file of them is named *.rare.test.ts.
export const testAll = process.env["TEST_ALL"] === "yes";

/** A usual run does not even know this test, so that it skips nothing. */
export function rareTest(name: string, run: () => Promise<void>): void {
  if (testAll) test(name, run);
}
