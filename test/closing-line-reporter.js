// Ends a run with the plain line that says what happened: "N passed, N failed".
const { writeSync } = require("node:fs");

module.exports = class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests > 0 ? `, ${results.numPendingTests} skipped` : "";
    // At the exit, since jest prints its own summary after this call.
    process.once("exit", () =>
      writeSync(1, `\n${results.numPassedTests} passed, ${failed} failed${skipped}\n`),
    );
  }
};
