// Rings: unit (in process), model (random stories, in process), plugin (the provider process over gRPC), engine (the real `pulumi`).
// The vendor ring (the vendor's own clients) has a configuration of its own, since it needs Python.
const rings = ["unit", "model", "plugin", "engine"];

const ring = (name) => ({
  displayName: name,
  testEnvironment: "node",
  testMatch: name === "unit" ? ["<rootDir>/test/**/*.test.ts"] : [`<rootDir>/test/${name}/**/*.test.ts`],
  testPathIgnorePatterns: [
    "/node_modules/",
    ...(process.env.TEST_ALL === "yes" ? [] : ["\\.rare\\.test\\.ts$"]),
    ...(name === "unit" ? [...rings.slice(1), "vendor"].map((other) => `<rootDir>/test/${other}/`) : []),
  ],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/examples/",
    "<rootDir>/.stryker-tmp/",
    "<rootDir>/.building-",
  ],
  // Without `npm test` around it, jest makes the engine and the user's install itself.
  ...(name === "plugin" || name === "engine"
    ? { globalSetup: "<rootDir>/test/support/global-setup.mjs" }
    : {}),
  // What no test uses of the SDK, and a second for each file of tests.
  moduleNameMapper: { "^@npmcli/arborist$|/typescript-shim$": "<rootDir>/test/support/unused.js" },
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
});

// A zone far from UTC and with odd minutes: times of the API must mean the same everywhere.
process.env.TZ = "America/St_Johns";

module.exports = {
  // Tests that wait for the wall clock (`test.concurrent`) cost next to nothing while they wait.
  maxConcurrency: 8,
  // For what would never end: more than ten times what any test takes on a quiet machine, since a loaded one is no failure.
  testTimeout: 600_000,
  projects: rings.map(ring),
  reporters: ["default", "<rootDir>/test/closing-line-reporter.js"],
};
