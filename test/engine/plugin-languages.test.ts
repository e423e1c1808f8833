// The quickstart in Go and in Python as its README says, where the machine has the language, and the engine Pulumi's host for it, as the official installer leaves it.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";

import { accountOf, copyExample } from "../support/examples";
import { engineFolder } from "../support/install";
import { expectQuickstart } from "../support/quickstart";
import { testWith } from "../support/rare";
import { openBareStack, openEmulator, PLUGIN_PATH } from "../support/engine";

/** Of the engine's own version: an older one for Node.js beside them cannot install a plugin from its folder. */
const hostOf = (language: string): boolean => existsSync(join(engineFolder(), `pulumi-language-${language}`));

/** Where the language keeps and finds its packages, which the stack's empty HOME hides. */
function registries(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) => /^(GO|PIP_|PYENV_)/.test(name));
  const answer = (program: string, args: string[]): string =>
    execFileSync(program, args, { encoding: "utf8" });
  const go = ["GOMODCACHE", "GOCACHE", "GOPROXY", "GOFLAGS", "GOSUMDB"];
  const settings = hostOf("go") ? JSON.parse(answer("go", ["env", "-json", ...go])) : {};
  return { ...settings, ...(Object.fromEntries(own) as Record<string, string>) };
}

for (const [language, program] of Object.entries({ go: "go", python: "python3" })) {
  const version = language === "go" ? "version" : "--version";
  const has = {
    [`pulumi-language-${language} beside the engine`]: hostOf(language),
    [program]: spawnSync(program, [version]).status === 0,
  };
  const name = `examples/${language}: package add, install, up, unchanged, refresh, destroy`;
  testWith(has, name, async () => {
    const emulator = await openEmulator();
    const stack = await openBareStack({ name: language, env: { ...accountOf(emulator), ...registries() } });
    copyExample(language, stack.folder);
    stack.linkPackage();
    if (language === "python") await stack.run(["install"]);
    await stack.run(["package", "add", `./${PLUGIN_PATH}`]);
    // A clone has no generated package: it is made again.
    rmSync(join(stack.folder, "sdks"), { recursive: true });
    await stack.run(["install"]);
    await expectQuickstart(stack, emulator);
  });
}
