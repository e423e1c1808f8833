// Rows of the fault table under the real engine: a story of several commands comes by them, one after the other.
import { type OpenStack, openStack, type OpenStackOptions } from "./engine";
import { type Checks, expectRow, FaultTable, requestLine, type RowKey } from "./fault-table";

export interface EngineRows extends OpenStackOptions {
  /** The title of the test. */
  promise: string;
  /** Where the document names no requests of a row, they are not compared. */
  rows: readonly RowKey[];
  /** Calls `row` where a row ends; its arguments go to the check. */
  story: (run: OpenStack, row: (...values: any[]) => Promise<void>) => Promise<unknown>;
}

/** Declares the tests of a section. */
export function engineRows(
  file: string,
  title: string,
  checks: Checks<OpenStack>,
  stories: readonly EngineRows[],
): void {
  const table = new FaultTable(file, title, checks);
  for (const { promise, rows, story, ...options } of stories) {
    const left = rows.flatMap((key) => table.take(...key));
    test(promise, async () => {
      const run = await openStack(options);
      await story(run, async (...values) => {
        const row = left.shift()!;
        const observed = requestLine(run.emulator.requests.splice(0));
        await table.check(row, run, ...values);
        expectRow(row, run, row.requests === "" ? "" : observed);
      });
      expect(left).toEqual([]);
    });
  }
  table.testComplete();
}
