// Recorded states of earlier versions stay readable for ever: what their versions made of them is what today's code makes of them.
import { COMMANDS, recordedStates, run } from "./recorded-states";
import type { Recorded, Result, Version } from "./recorded-states";

/** Where this version knowingly does otherwise than the one that was recorded; recordings are never edited. */
export interface Change {
  /** `type: state: command` */
  on: RegExp;
  because: string;
  now: (was: Result, recorded: Recorded) => Result;
}

/** The first list is read twice more, six seconds later, and what is made after it is as much younger. */
export function looksAgain({ requests: [list, ...requests], ...was }: Result): Result {
  const later = JSON.stringify(was).replace(/(T00:00:)06Z/g, (_all, start: string) => `${start}12Z`);
  return { ...(JSON.parse(later) as Result), requests: [list!, list!, list!, ...requests] };
}

/** On every state `up`, `refresh` and `destroy` do what that version itself did, request by request. */
export function testRecordedStates(version: Version, changes: readonly Change[]): void {
  const all = recordedStates(version).flatMap((recorded) => {
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
    const known = changes.filter(({ on }) => on.test(title));
    const expected = known.reduce((result, { now }) => now(result, recorded), was);
    expect(await run(recorded, command)).toEqual(expected);
    if (known.length > 0) expect(expected).not.toEqual(was);
  });

  test(`every change against ${version} is one of a recorded state`, () => {
    expect(changes.filter(({ on }) => !all.some(({ title }) => on.test(title)))).toEqual([]);
  });
}
