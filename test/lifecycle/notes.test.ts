// What the provider processes of one command tell each other: who may read it, whose word counts, and what happens where it cannot be read.
import { execFile } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os, { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { Holders } from "../../src/lifecycle/holders";
import { Notes, removeNotes } from "../../src/lifecycle/notes";
import { startEmulator } from "../../src/emulator";
import { createRun } from "../../src/lifecycle/run";
import { resources } from "../support/engine-resources";

const ENGINE = "127.0.0.1:40001";
const what = "api-key a8b9c0d1";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "notes-"));
  jest.spyOn(os, "tmpdir").mockReturnValue(folder);
});
afterEach(() => {
  removeNotes();
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const holders = (engine = ENGINE): Holders => new Holders(Notes.of(engine));
const base = (): string => join(folder, readdirSync(folder)[0]!);

test("what one process claims, another one of the same engine knows, and one of another engine does not", () => {
  const [one, two, other] = [holders(), holders(), holders("127.0.0.1:40002")];
  one.claim({ what, holder: "test/dev/a#1" });
  expect(two.isHeldByAnother({ what, holder: "" })).toBe(true);
  expect(two.keeper(what)).toBe("test/dev/a#1");
  expect(other.isHeldByAnother({ what, holder: "" })).toBe(false);
  one.release({ what, holder: "test/dev/a#1" });
  expect(two.isHeldByAnother({ what, holder: "" })).toBe(false);
});

test("whoever wants to take over what another process deletes waits for the end of that", async () => {
  const [one, two] = [holders(), holders()];
  let finish = (): void => undefined;
  const removal = one.remove(
    { what, holder: "" },
    "the key",
    () => new Promise((resolve) => (finish = resolve)),
  );
  // That this process keeps the key for another resource does not end it.
  two.noteRead({ what, holder: "test/dev/a#1" });
  expect(await two.remove({ what, holder: "" }, "the key", () => Promise.reject(new Error()))).toBe(false);
  const end = two.removalOf(what);
  expect(end).toBeDefined();
  finish();
  await Promise.all([removal, end]);
  expect(two.wasRemoved(what)).toBe(true);
});

test("of two processes, one that deletes and one that takes over at the same moment, the deletion gives way", async () => {
  const [one, two] = [holders(), holders()];
  two.claim({ what, holder: "test/dev/b#2" });
  const work = jest.fn(() => Promise.resolve());
  expect(await one.remove({ what, holder: "" }, "the key", work)).toBe(false);
  expect(work).not.toHaveBeenCalled();
  expect(two.removalOf(what)).toBeUndefined();
});

test("of two processes, one that takes over and one that begins to delete unseen, the take-over claims nothing until the end", async () => {
  const [one, two] = [holders(), holders()];
  let fail = (): void => undefined;
  let removal: Promise<boolean> | undefined;
  const takeOver = (): Promise<boolean> =>
    two.takeOver({ what, holder: "test/dev/b#1" }, () => {
      removal ??= one.remove(
        { what, holder: "" },
        "the key",
        () => new Promise((_resolve, reject) => (fail = () => reject(new Error("not deleted")))),
      );
    });
  const first = takeOver();
  expect(two.keeper(what)).toBeUndefined();
  fail();
  await expect(removal).rejects.toThrow("not deleted");
  expect(await first).toBe(false);
  expect(await takeOver()).toBe(true);
});

test("nobody waits for a deletion by a process that can no longer be heard, and nothing is deleted then", async () => {
  const [one, two] = [holders(), holders()];
  void one.remove({ what, holder: "" }, "the key", () => new Promise(() => undefined));
  const [journal] = readdirSync(base());
  const end = two.removalOf(what);
  expect(end).toBeDefined();
  appendFileSync(join(base(), journal!), "not a note\n");
  await end;
  const removal = two.remove({ what, holder: "" }, "the key", () => Promise.resolve());
  await expect(removal).rejects.toThrow("Deleting the key was refused");
});

test("only this user can read it, and a process that has ended says nothing any more and leaves nothing", () => {
  const one = holders();
  one.claim({ what, holder: "test/dev/a#1" });
  const [journal] = readdirSync(base());
  expect([base(), join(base(), journal!)].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o600]);
  const line = JSON.stringify({ is: "claimed", what: "ssh-key x", holder: "test/dev/gone#1" });
  writeFileSync(join(base(), journal!.replace(/-\d+-/, "-4194303-")), `${line}\n`);
  const two = holders();
  expect(two.isHeldByAnother({ what: "ssh-key x", holder: "" })).toBe(false);
  removeNotes();
  expect(readdirSync(base())).toEqual([]);
});

test("where others could write, nothing is revoked, and the error says what to do", async () => {
  const emulator = await startEmulator();
  const config: Record<string, string> = {
    "wayscloud:apiKey": emulator.apiKey,
    "wayscloud:endpoint": emulator.url,
  };
  try {
    const shared = join(folder, `pulumi-wayscloud-${process.getuid?.() ?? "user"}`);
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    const run = createRun((key) => config[key], "the test", { log: () => undefined, holders: holders() });
    const made = await resources.ServiceKey.create({ service: "dns", description: "team" }, run);
    await expect(resources.ServiceKey.delete(made.id, made.outputs, run)).rejects.toThrow(
      /^Deleting the service key .* was refused: .* is not private to this user\. Set TMPDIR to a private, writable folder\.$/,
    );
    expect(emulator.account.liveApiKeys().map(({ id }) => id)).toContain(made.id);
  } finally {
    await emulator.close();
  }
});

test("without an engine there is nobody to tell, and no file is made", () => {
  new Holders(Notes.of(undefined)).claim({ what, holder: "x#1" });
  expect(readdirSync(folder)).toEqual([]);
});

test("commands that begin while others end all find the folder of the notes", async () => {
  const script = ["run-typescript.js", "notes-in-child.ts"].map((file) =>
    join(__dirname, "../support", file),
  );
  const env = { ...process.env, TMPDIR: folder };
  // Two of the same engine, two of others.
  const children = ["1", "1", "2", "3"].map((port) =>
    promisify(execFile)(process.execPath, [...script, port], { env }),
  );
  for (const { stderr } of await Promise.all(children)) expect(stderr).toBe("");
});
