// Rings: unit (in process), model (random stories, in process), process (the dynamic provider process over gRPC), plugin (the fault table in the process of the
// plugin), engine (the real `pulumi`). The vendor ring (the vendor's own clients) has a configuration of its own, since it needs Python.
const folders = {
  model: "model",
  process: "provider-process",
  // With equal requests: both hosts compare with the same rows.
  ...(process.env.TEST_ALL === "yes" ? { plugin: "provider-process/fault-table" } : {}),
  engine: "engine",
};
const others = ["model", "provider-process", "engine", "vendor"];

const ring = (name, folder) => ({
  displayName: name,
  testEnvironment: "node",
  testMatch: [`<rootDir>/test/${folder}/**/*.test.ts`],
  testPathIgnorePatterns: [
    "/node_modules/",
    ...(process.env.TEST_ALL === "yes" ? [] : ["\\.rare\\.test\\.ts$"]),
    ...(name === "unit" ? others.map((other) => `<rootDir>/test/${other}/`) : []),
  ],
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/examples/",
    "<rootDir>/.stryker-tmp/",
    "<rootDir>/.building-",
  ],
  // Without `npm test` around it, jest makes the engine and the user's install itself.
  ...(["process", "plugin", "engine"].includes(name)
    ? { globalSetup: "<rootDir>/test/support/global-setup.mjs" }
    : {}),
  ...(name === "plugin" ? { setupFiles: ["<rootDir>/test/support/on-plugin-host.ts"] } : {}),
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
  projects: [ring("unit", "."), ...Object.entries(folders).map(([name, folder]) => ring(name, folder))],
  reporters: ["default", "<rootDir>/test/closing-line-reporter.js"],
};
