// The audit that examples/ci runs every night: green as long as the stack's keys rotate as planned, red for exactly what is wrong.
import { resources } from "../support/engine-resources";
import { CommandLine, exportOf } from "../support/cli";
import { environmentOf, useEnvironment } from "../support/environment";
import { exampleFile } from "../support/examples";
import { StoryAccount } from "../support/story-account";
import { StoryStack } from "../support/story-stack";
import { publicKey } from "../support/public-key";

useEnvironment();

/** The arguments of the command in ci/run.sh. */
const [, line] =
  /pulumi-wayscloud (audit [^|]*?) \|\|/.exec(exampleFile("ci", "ci/run.sh").replace(/\\\n/g, " ")) ?? [];
const AUDIT = line!.split(/\s+/);

/** What `pulumi stack export` would print. */
function exported({ state, marked }: StoryStack): string {
  const held = [...state.values(), ...marked].map(({ name, type, id, inputs, outputs }) => {
    const [className] = Object.entries(resources).find(([, each]) => each === type)!;
    return { name, type: `wayscloud-account:index:${className}`, id, inputs, outputs };
  });
  return JSON.stringify(exportOf(held, "test"));
}

test.each([
  ["drops revoked keys from its list", false],
  ["goes on listing them as inactive", true],
])("thirty nights with rotations, with an API that %s", async (_, listsRevokedKeys) => {
  const account = await StoryAccount.open({ quirks: { listsRevokedKeys } });
  const cli = new CommandLine(() => account.timing.now());
  Object.assign(process.env, environmentOf(account.emulator));
  try {
    const control = account.emulator.account;
    const stack = new StoryStack(account);
    const rotating = { rotateEveryDays: 7, overlapDays: 2 };
    const scopes = ["api_keys:write", "ssh_keys:write"];
    const token = { scopes, description: "pulumi test/dev/ci", expiresInDays: 20 };
    stack.declare("ci", resources.RotatingPersonalAccessToken, { ...token, ...rotating });
    const key = { service: "database", description: "pulumi test/dev/db" };
    stack.declare("db", resources.RotatingServiceKey, { ...key, ...rotating });
    stack.declare("team", resources.SshKeySet, { publicKeys: { anna: publicKey(1) }, namePrefix: "team-" });
    const first = control.apiKeys().find(({ bootstrap }) => bootstrap)!;
    cli.files["ci/accepted-keys.txt"] =
      `${exampleFile("ci", "ci/accepted-keys.txt")}\n${first.id} # of the first up\n`;
    const night = async (): Promise<{ code: number; findings: string[] }> => {
      await stack.up();
      expect(stack.errors).toEqual([]);
      stack.credential = String(stack.held("ci").outputs.key);
      process.env.WAYSCLOUD_API_KEY = stack.credential;
      cli.files["-"] = exported(stack);
      const { code, out, err } = await cli.run(...AUDIT);
      expect(err).toBe("");
      const rows = out.trimEnd().split("\n").slice(1);
      return { code, findings: rows.map((row) => row.split(/ {2,}/).slice(0, 3).join(" | ")) };
    };
    for (let at = 0; at < 30; at += 1) {
      expect(await night()).toEqual({ code: 0, findings: [] });
      account.pass(1);
    }
    // It did rotate: of each kind five keys in all, of which one or two live.
    expect(control.apiKeys().filter(({ service }) => service === "database")).toHaveLength(5);
    expect(control.liveApiKeys().length).toBeLessThan(6);

    const description = `${String(stack.held("db").outputs.description)} #0123abc`;
    const createdAt = new Date(account.timing.now()).toISOString();
    const orphan = control.addApiKey({ service: "database", description, createdAt }).id;
    expect(await night()).toEqual({ code: 1, findings: [`orphan | service key | ${orphan}`] });
    expect((await cli.run("revoke", "--yes", "--stack-export", "-", orphan)).code).toBe(0);
    const added = control.addSshKey({ name: "added by hand", publicKey: publicKey(2) }).id;
    expect(await night()).toEqual({ code: 1, findings: [`unmanaged | SSH key | ${added}`] });
    control.remove(added);
    expect(await night()).toEqual({ code: 0, findings: [] });

    // A job that has lost what it should look at is not green.
    for (const lost of ["", JSON.stringify({ version: 3, deployment: { manifest: {} } })]) {
      cli.files["-"] = lost;
      expect(await cli.run(...AUDIT)).toMatchObject({ code: 2, out: "" });
    }
    const withoutExport = AUDIT.filter((arg) => !["--stack-export", "-"].includes(arg));
    expect(await cli.run(...withoutExport)).toMatchObject({ code: 2, out: "" });
  } finally {
    await account.emulator.close();
  }
});
