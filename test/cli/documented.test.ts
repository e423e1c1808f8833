// docs/cli.md is the contract of the command line: its tables say what the commands have, no more and no less.
import { FINDING_KINDS, STACK_FINDINGS } from "../../src/audit/findings";
import type { Emulator } from "../../src/emulator";
import { type CommandLine, stackExport } from "../support/cli";
import { readDocument } from "../support/documents";
import { useCommandLine } from "../support/environment";

const chapters = readDocument("docs/cli.md").split(/^## /m);
const chapter = (name: string): string => chapters.find((text) => text.startsWith(`${name}\n`))!;

/** The first cells of the table with this heading, without their quotes. */
function firstCells(text: string, heading: string): string[] {
  const [, rows] = text.split(new RegExp(`^\\| ${heading} \\|.*\\n\\|[-|]+\\|\\n`, "m"));
  return [...rows!.split("\n\n")[0]!.matchAll(/^\| `?(.*?)`? \|/gm)].map(([, cell]) => cell!);
}

test("the findings are those of the table", () => {
  expect(firstCells(chapter("audit"), "finding")).toEqual(FINDING_KINDS);
  const [, required] = /Required for (.*?):/.exec(chapter("audit"))!;
  expect(required!.match(/[a-z]+(-[a-z]+)?(?=`)/g)).toEqual(STACK_FINDINGS);
});

describe("with an account", () => {
  let emulator: Emulator;
  let line: CommandLine;
  useCommandLine((...fresh) => ([emulator, line] = fresh));

  test.each(["audit", "revoke"])("the options of %s are those of its help", async (name) => {
    const { out } = await line.run(name, "--help");
    const inHelp = [...out.matchAll(/^ +(?:-\w, )?(--[a-z-]+(?: [A-Z]+)?) /gm)].map(([, option]) => option!);
    expect(firstCells(chapter(name), "option")).toEqual(inHelp.filter((option) => option !== "--help"));
  });

  test("the exit codes are those of each command's help", async () => {
    const [, head, rows] = /^(\| exit code .*)\n.*\n((?:\|.*\n)+)/m.exec(chapters[0]!)!;
    const cells = (row: string): string[] =>
      row
        .slice(2, -2)
        .split(" | ")
        .map((cell) => cell.trim());
    const table = rows!.trimEnd().split("\n").map(cells);
    const documented = cells(head!)
      .slice(1)
      .map((name, at) => {
        const codes = table.filter((row) => row[at + 1] !== "–").map((row) => `${row[0]} ${row[at + 1]}`);
        return [name.replaceAll("`", ""), `Exit codes: ${codes.join(", ")}.`];
      });
    for (const [name, codes] of documented) expect((await line.run(name!, "--help")).out).toContain(codes);
  });

  test("a finding in JSON has the fields of the table, and the table the columns", async () => {
    emulator.account.addApiKey({ service: "dns" });
    line.files["dev.json"] = stackExport([]);
    const audit = ["audit", "--stack-export", "dev.json"];
    const [finding] = JSON.parse((await line.run(...audit, "--json")).out) as object[];
    expect(Object.keys(finding!)).toEqual(firstCells(chapter("audit"), "field"));
    const [, columns] = /The table has the columns (.*?), and cuts/.exec(chapter("audit"))!;
    const head = (await line.run(...audit)).out.split("\n")[0]!;
    expect(columns!.match(/[A-Z]+/g)).toEqual(head.split(/ +/));
  });
});
