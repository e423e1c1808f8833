// What the demo prints besides the commands' own output.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { stdout } from "node:process";

export function say(text = "") {
  stdout.write(`${text}\n`);
}

export function heading(text) {
  const [bold, plain] = stdout.isTTY ? ["\x1b[1m", "\x1b[0m"] : ["", ""];
  say(`\n${bold}── ${text}${plain}`);
}

/** For a shell, whatever the folders are called. */
function quote(value) {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** Lines that can be pasted as they are, to go on with a kept demo and to remove it. */
export function explainKept({ root, project, folders, settings }, emulator, state) {
  const file = join(root, "env.sh");
  const lines = Object.entries(settings).map(([name, value]) => `export ${name}=${quote(value)}`);
  const path = `export PATH=${folders.map(quote).join(":")}:"$PATH"`;
  writeFileSync(file, `# Makes a shell work with the kept demo.\n${[...lines, path].join("\n")}\n`, {
    mode: 0o600,
  });
  const bin = join(root, "node_modules", ".bin", "wayscloud-emulator");
  heading("Look around");
  say(`cd ${quote(project)} && . ${quote(file)}
${quote(bin)} --port ${new URL(emulator.url).port} --state ${quote(state)} & emulator=$!
pulumi stack output databaseKey --show-secrets
pulumi preview --diff                # change index.ts first
pulumi destroy                       # revokes what the demo made
kill "$emulator"; cd / && rm -rf ${quote(root)}   # ends the emulator and removes the rest`);
}
