// The unit ring alone, as Stryker runs it: without type checks, and without tests that need other files than sources.
process.env.TZ = "America/St_Johns";
module.exports = {
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/{api,lifecycle,text}/**/*.test.ts"],
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
};
