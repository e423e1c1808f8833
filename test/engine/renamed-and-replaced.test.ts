// A resource that is renamed by an alias, or moved to the plugin, and replaced in one up: its old key goes all the same.
import { openStack, publicKey } from "../support/engine";
import type { Emulator } from "../../src/emulator";

const liveIn = ({ account }: Emulator): string[] =>
  [...account.liveApiKeys(), ...account.sshKeys()].map(({ id }) => id).sort();

const keys = (name: string, quarter: string, key: number, options = ""): string =>
  `
    new wayscloud.ServiceKey("${name}", { service: "database", rotationTriggers: { quarter: "${quarter}" } }${options});
    new wayscloud.SshKey("${name}-ssh", { publicKey: "${publicKey(key)}" }${options.replace('"db"', '"db-ssh"')});
  `;

test("moved from the dynamic classes to the plugin and replaced in one up: the old keys go", async () => {
  const { emulator, stack } = await openStack({
    name: "move-replace",
    program: keys("db", "1", 1),
  });
  await stack.up();
  stack.moveToPlugin();
  stack.setProgram(keys("db", "2", 2));
  await stack.up();
  const held = (await stack.resources()).map(({ id }) => id).sort();
  expect(liveIn(emulator)).toEqual(held);
});

test("plugin: an SSH key renamed by alias that gets another name in the account: no conflict with itself", async () => {
  const ssh = (name: string, said: string, options = ""): string =>
    `new wayscloud.SshKey("${name}", { publicKey: "${publicKey(1)}", name: "${said}" }${options});`;
  const { emulator, stack } = await openStack({
    host: "plugin",
    name: "alias-first",
    program: ssh("a", "deploy"),
  });
  await stack.up();
  stack.setProgram(ssh("b", "deploy-new", ', { aliases: [{ name: "a" }] }'));
  const { all } = await stack.up([], { allowFail: true });
  expect(all).not.toContain("409");
  expect(liveIn(emulator)).toEqual((await stack.resources()).map(({ id }) => id).sort());
});
