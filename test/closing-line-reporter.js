// Says how far a run is, how to repeat each test that failed, and ends with the plain line that says what happened: "N passed, N failed".
const { relative } = require("node:path");
const { writeSync } = require("node:fs");

const command = process.env.TEST_ALL === "yes" ? "npm run test:all" : "npm test";

/** As a shell takes it, and as `-t` does, which reads a regular expression. */
function quoted(title) {
  const pattern = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `'${pattern.replaceAll("'", `'\\''`)}'`;
}

function repeat({ testFilePath, testResults }) {
  const file = relative(process.cwd(), testFilePath);
  const failed = testResults.filter(({ status }) => status === "failed");
  return failed.length === 0
    ? [`${command} -- ${file}`]
    : failed.map(({ fullName }) => `${command} -- ${file} -t ${quoted(fullName)}`);
}

module.exports = class ClosingLineReporter {
  onRunStart() {
    this.started = Date.now();
  }

  onTestFileResult(_test, _result, { numPassedTests, numTotalTestSuites, ...rest }) {
    const files = rest.numPassedTestSuites + rest.numFailedTestSuites;
    const seconds = Math.round((Date.now() - this.started) / 1000);
    process.stderr.write(
      `  ${files} of ${numTotalTestSuites} files, ${numPassedTests} tests passed, ${seconds} s\n`,
    );
  }

  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : "";
    const files = results.testResults.filter(
      ({ numFailingTests, testExecError }) => numFailingTests > 0 || testExecError,
    );
    const hint =
      files.length === 0 ? "" : `\nTo repeat a failed test alone:\n  ${files.flatMap(repeat).join("\n  ")}\n`;
    // At the exit, since jest prints its own summary after this call.
    process.once("exit", () =>
      writeSync(1, `${hint}\n${results.numPassedTests} passed, ${failed} failed${skipped}\n`),
    );
  }
};
