// Mutation testing of the code in which a mistake loses or leaks a key: `npm run test:mutation`. Not part of CI.
export default {
  packageManager: "npm",
  testRunner: "jest",
  // Both are installed beside the tester itself, by scripts/tool.mjs.
  plugins: ["@stryker-mutator/*"],
  jest: { projectType: "custom", configFile: "jest.stryker.config.js" },
  coverageAnalysis: "perTest",
  // What is computed when a file is loaded would need the whole suite for every mutant.
  ignoreStatic: true,
  mutate: [
    "src/api/request-outcome.ts",
    "src/api/timing.ts",
    "src/api/request-errors.ts",
    "src/api/send.ts",
    "src/text/redact.ts",
    "src/api/incomplete.ts",
    "src/lifecycle/create-once/create-once.ts",
    "src/lifecycle/ssh-key/public-key.ts",
    "src/text/pasted-secret.ts",
  ],
  // Wording is not behaviour: a mutated sentence is no defect that a test should find.
  mutator: { excludedMutations: ["StringLiteral"] },
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: "reports/mutation.json" },
  thresholds: { high: 95, low: 90, break: 90 },
  concurrency: 2,
  timeoutMS: 8_000,
  tempDirName: ".stryker-tmp",
  // Nothing else is needed in each copy of the project.
  ignorePatterns: ["dist", "docs", "examples", "bench", "reports"],
};
