// examples/policy: the engine runs the pack over the program, and over one that breaks every rule, with the package's classes and the plugin's.
import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { exampleFile, linkTools, openExample } from "../support/examples";
import { PLUGINS } from "../support/engine";

// An official installation starts a pack by its language host; the one built from Go modules is too old for that. So the pack is
// started as one in a language that the engine does not know: by a program of that name on PATH.
const LAUNCHER = `#!/bin/sh
exec node "$(node -p 'require.resolve("@pulumi/pulumi/cmd/run-policy-pack")')" "$@"
`;

const breaksEveryRule = `
import * as wayscloud from "pulumi-wayscloud";
import * as native from "pulumi-wayscloud/native";
new native.PersonalAccessToken("plugin-forever", { scopes: ["services:read"] });
new native.RotatingPersonalAccessToken("plugin-maker", {
  scopes: ["api_keys:write"], rotateEveryDays: 30, expiresInDays: 90,
});
new native.ServiceKey("plugin-mine", { service: "dns", description: "my key" });
new native.ServiceKey("plugin-fine", { service: "dns" });
new wayscloud.PersonalAccessToken("forever", { scopes: ["services:read"] });
new wayscloud.PersonalAccessToken("long", { scopes: ["dns:*", "services:read"], expiresInDays: 91 });
new wayscloud.RotatingPersonalAccessToken("maker", {
  scopes: ["api_keys:write"], rotateEveryDays: 30, expiresInDays: 90,
});
new wayscloud.ServiceKey("mine", { service: "dns", description: "my key" });
new wayscloud.RotatingServiceKey("ours", { service: "dns", rotateEveryDays: 30, description: "our key" });
`;

test("the pack lets the program pass, and names each rule that another one breaks", async () => {
  const { stack } = await openExample("policy");
  linkTools(stack.folder, "@pulumi/policy");
  writeFileSync(join(stack.folder, "pulumi-analyzer-policy-launched"), LAUNCHER, { mode: 0o755 });
  stack.env["PATH"] = `${stack.env["PATH"] ?? ""}${delimiter}${stack.folder}`;
  const manifest = exampleFile("policy", "pack/PulumiPolicy.yaml");
  stack.writeFile("pack/PulumiPolicy.yaml", manifest.replace("runtime: nodejs", "runtime: launched"));

  const passed = await stack.preview(["--policy-pack", "pack"]);
  expect(passed.all).not.toMatch(/\[(mandatory|advisory)\]/);
  expect((await stack.up(["--policy-pack", "pack"])).changes).toEqual({ created: 4 });
  expect((await stack.up(["--expect-no-changes"])).changes).toEqual({ unchanged: 4 });

  stack.linkPackage();
  stack.writeFile("Pulumi.yaml", exampleFile("policy", "Pulumi.yaml") + PLUGINS);
  stack.writeFile("index.ts", breaksEveryRule);
  const refused = await stack.preview(["--policy-pack", "pack"], { fails: true });
  const broken = refused.all.matchAll(/\[mandatory\] +(\S+) +\(\S+: (\S+)\)/g);
  expect([...broken].map(([, rule, name]) => `${rule} ${name}`).sort()).toEqual([
    "service-keys-name-their-owner mine",
    "service-keys-name-their-owner ours",
    "service-keys-name-their-owner plugin-mine",
    "tokens-expire forever",
    "tokens-expire long",
    "tokens-expire plugin-forever",
    "wide-tokens-are-reviewed long",
    "wide-tokens-are-reviewed maker",
    "wide-tokens-are-reviewed plugin-maker",
  ]);
  await stack.expectDestroyed();
});
