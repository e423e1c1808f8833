// Rows of the fault table under the real engine, as data: a story of several commands comes by them, one after the other.
import { type OpenStack, openStack, type OpenStackOptions } from "./engine";
import { expectRow, requestLine, type Row, testDocumented } from "./fault-table";

export { row } from "./fault-table";

export interface EngineRows<Outcome extends string> extends OpenStackOptions {
  /** The title of the test. */
  promise: string;
  /** Where a row names no requests, they are not compared. */
  rows: readonly Row<Outcome>[];
  /** Calls `row` where a row ends; its arguments go to the check. */
  story: (run: OpenStack, row: (...values: any[]) => Promise<void>) => Promise<unknown>;
}

type Check = (run: OpenStack, ...values: any[]) => unknown;

/** Declares the tests of a section. */
export function engineRows<Outcome extends string>(
  file: string,
  title: string,
  checks: Record<Outcome, Check>,
  stories: readonly EngineRows<Outcome>[],
): void {
  for (const { promise, rows, story, ...options } of stories) {
    test(promise, async () => {
      const run = await openStack(options);
      const left = [...rows];
      await story(run, async (...values) => {
        const next = left.shift()!;
        const observed = requestLine(run.emulator.requests.splice(0));
        await checks[next.outcome](run, ...values);
        expectRow(next, run, next.requests === "" ? "" : observed);
      });
      expect(left).toEqual([]);
    });
  }
  testDocumented(
    file,
    title,
    stories.flatMap(({ rows }) => rows),
  );
}
