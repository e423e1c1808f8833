// "Thirty days later" of docs/emulator.md: its commands, with the programs of docs/rotation.md, under the real engine.
import { startDocumented } from "../support/documented-emulator";
import { blocksIn, readDocument } from "../support/documents";
import { openBareStack } from "../support/engine";

const emulatorPage = "docs/emulator.md";
const block = (language: string, part: string, document: string): string =>
  blocksIn(language, [document]).find(({ text }) => text.includes(part))!.text;

/** Runs the commands as they are documented; the ids of the live keys after each `pulumi up`, the emulator's own left out. */
async function live(start: string, commands: string, source: string): Promise<string[][]> {
  const stack = await openBareStack({ language: source.startsWith("import") ? "typescript" : "javascript" });
  stack.setProgram(source);
  const emulator = await startDocumented(stack, start);
  const ids = async (): Promise<string[]> => {
    const [, ...keys] = await emulator.list("api-keys");
    return keys.filter((key) => key.is_active).map(({ id }) => id);
  };
  const seen: string[][] = [];
  for (const command of commands.trim().split("\n")) {
    const { code, all } = await stack.paste(command);
    expect([code, all]).toEqual([0, expect.anything()]);
    if (command.startsWith("pulumi")) seen.push(await ids());
  }
  await stack.destroy();
  expect(await ids()).toEqual([]);
  return seen;
}

test("the documented commands create a token, rotate it, and revoke the first one after its overlap", async () => {
  const start = block("sh", "--time-offset", emulatorPage);
  const commands = block("sh", "emulator/clock?advance", emulatorPage);
  const source = block("ts", "RotatingPersonalAccessToken", "docs/rotation.md");
  const [created, rotated, retired] = await live(start, commands, source);
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
  const source = `new wayscloud.PersonalAccessToken("ci", { scopes: ["ssh_keys:read"], ${inputs} });`;
  const start = `npx pulumi-wayscloud emulator --port 8787 --time-offset ${offset}`;
  const [created, replaced] = await live(start, `pulumi up --yes\n${move}\npulumi up --yes`, source);
  expect([created!.length, replaced!.length]).toEqual([1, 1]);
  expect(replaced).not.toEqual(created);
});
