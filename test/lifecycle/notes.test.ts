// What the provider processes of commands tell each other, by real processes that begin and end at the same moments.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

test("commands that begin while others end all find the folder of the notes", async () => {
  const folder = mkdtempSync(join(tmpdir(), "notes-"));
  const script = ["run-typescript.js", "notes-in-child.ts"].map((file) =>
    join(__dirname, "../support", file),
  );
  const env = { ...process.env, TMPDIR: folder };
  try {
    // Two of the same engine, two of others.
    const children = ["1", "1", "2", "3"].map((port) =>
      promisify(execFile)(process.execPath, [...script, port], { env }),
    );
    for (const { stderr } of await Promise.all(children)) expect(stderr).toBe("");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
