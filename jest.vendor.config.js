// `npm run test:vendor`: the vendor's own clients against the emulator. Needs python3 with venv and pip, and a package index.
const { maxConcurrency, reporters } = require("./jest.config.js");

module.exports = {
  displayName: "vendor",
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/vendor/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/examples/", "<rootDir>/.building-"],
  globalSetup: "<rootDir>/test/vendor/global-setup.mjs",
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
  testTimeout: 120_000,
  maxConcurrency,
  reporters,
};
