// Rare combinations of what a usual run tries once: `npm run test:all` runs them, as CI does. A whole file of them is named *.rare.test.ts.
export const testAll = process.env["TEST_ALL"] === "yes";

/** A usual run does not even know this test, so that it skips nothing. */
export function rareTest(name: string, run: () => Promise<void>): void {
  if (testAll) test(name, run);
}

/** A test that says what this machine lacks for it, where it is skipped. */
export function testWith(has: Record<string, boolean>, name: string, run: jest.ProvidesCallback): void {
  const missing = Object.keys(has).filter((need) => !has[need]);
  if (missing.length === 0) test(name, run);
  else test.skip(`${name} (skipped: this machine has no ${missing.join(" and no ")})`, () => undefined);
}
