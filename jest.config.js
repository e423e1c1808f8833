// Three rings: unit (in process), plugin (the provider process over gRPC), engine (the real `pulumi`).
const ring = (name) => ({
  displayName: name,
  testEnvironment: "node",
  testMatch: name === "unit" ? ["<rootDir>/test/**/*.test.ts"] : [`<rootDir>/test/${name}/**/*.test.ts`],
  testPathIgnorePatterns: [
    "/node_modules/",
    ...(name === "unit" ? ["<rootDir>/test/plugin/", "<rootDir>/test/engine/"] : []),
  ],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/examples/", "<rootDir>/.stryker-tmp/"],
  // Without `npm test` around it, jest makes the engine and the user's install itself.
  ...(name === "unit" ? {} : { globalSetup: "<rootDir>/test/support/global-setup.mjs" }),
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
});

module.exports = {
  // Tests that wait for the wall clock (`test.concurrent`) cost next to nothing while they wait.
  maxConcurrency: 8,
  projects: ["unit", "plugin", "engine"].map(ring),
  reporters: ["default", "<rootDir>/test/closing-line-reporter.js"],
};
