// States of 1.0.0 stay readable for ever: on every kind of them, `up`, `refresh` and `destroy` do what 1.0.0 itself did, request by request.
import { COMMANDS, recordedStates, run } from "../support/recorded-states";
import type { Result } from "../support/recorded-states";

/** Where this version knowingly does otherwise than 1.0.0, whose recordings are never edited. */
interface Change {
  /** `type: state: command` */
  on: RegExp;
  because: string;
  now: (was: Result) => Result;
}
const CHANGES: Change[] = [];

const all = recordedStates().flatMap((recorded) => {
  // The engine calls nothing to destroy what was only looked up.
  const commands = COMMANDS.filter((command) => command !== "destroy" || recorded.program !== undefined);
  return commands.map((command) => ({
    title: `${recorded.type}: ${recorded.name}: ${command}`,
    recorded,
    command,
  }));
});

test.each(all)("$title", async ({ title, recorded, command }) => {
  const was = recorded.expected[command]!;
  const changes = CHANGES.filter(({ on }) => on.test(title));
  const expected = changes.reduce((result, { now }) => now(result), was);
  expect(await run(recorded, command)).toEqual(expected);
  if (changes.length > 0) expect(expected).not.toEqual(was);
});

test("every change against 1.0.0 is one of a recorded state", () => {
  expect(CHANGES.filter(({ on }) => !all.some(({ title }) => on.test(title)))).toEqual([]);
});
