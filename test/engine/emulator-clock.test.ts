// "Thirty days later" of docs/emulator.md: its commands, with the programs of docs/rotation.md, under the real engine.
import { Command } from "../support/command";
import { blocksIn, readDocument } from "../support/documents";
import { openEmulator, openStack, program } from "../support/world";

jest.setTimeout(180_000);

const emulatorPage = "docs/emulator.md";
const block = (language: string, part: string, document: string): string =>
  blocksIn(language, [document]).find(({ text }) => text.includes(part))!.text;

/** Runs the commands as they are documented, looking at the account after each `pulumi up`. */
async function live(commands: string, source: string, timeOffset: string): Promise<string[][]> {
  const emulator = await openEmulator({ timeOffset });
  const env = { WAYSCLOUD_ENDPOINT: emulator.url, WAYSCLOUD_PAT_TOKEN: emulator.apiKey };
  const stack = await openStack({ language: source.startsWith("import") ? "typescript" : "javascript", env });
  stack.setProgram(source);
  const seen: string[][] = [];
  for (const command of commands.trim().split("\n")) {
    const { code } = await new Command("bash", ["-euc", command], { cwd: stack.folder, env: stack.env }).done;
    expect(code).toBe(0);
    if (command.startsWith("pulumi")) seen.push(emulator.account.liveApiKeys().map(({ id }) => id));
  }
  await stack.destroy();
  expect(emulator.account.liveApiKeys()).toEqual([]);
  return seen;
}

test("the documented commands create a token, rotate it, and revoke the first one after its overlap", async () => {
  const start = block("sh", "--time-offset", emulatorPage);
  const commands = block("sh", "emulator/clock?advance", emulatorPage);
  const source = block("ts", "RotatingPersonalAccessToken", "docs/rotation.md");
  const offset = /--time-offset (\S+)/.exec(start)![1]!;
  const [created, rotated, retired] = await live(commands, source, offset);
  const [first] = created!;
  expect([created!.length, rotated!.length]).toEqual([1, 2]);
  expect(rotated).toContain(first);
  expect(retired).toEqual(rotated!.filter((id) => id !== first));
});

test.each([
  ["and `rotateBeforeDays: 14`", "expiresInDays: 90, rotateBeforeDays: 14"],
  ["without `rotateBeforeDays`", "expiresInDays: 90"],
])("a token %s is replaced when the clock is moved as the table says", async (row, inputs) => {
  const line = readDocument(emulatorPage)
    .split("\n")
    .find((text) => text.includes(row))!;
  const [, offset, span] = /`(-\d+d)` \| `advance=(\d+d)`/.exec(line)!;
  const move = `curl -X POST "$WAYSCLOUD_ENDPOINT/emulator/clock?advance=${span}"`;
  const source = program(
    `new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"], ${inputs} });`,
  );
  const [created, replaced] = await live(`pulumi up --yes\n${move}\npulumi up --yes`, source, offset!);
  expect([created!.length, replaced!.length]).toEqual([1, 1]);
  expect(replaced).not.toEqual(created);
});
