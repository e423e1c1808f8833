// The classes of "pulumi-wayscloud/native" before the engine meets them: what they pass on, and the mistakes that they find at once.
import { generateKeyPairSync } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import type { ClassName } from "../../src/fields/classes";
import * as wayscloud from "../../src/native";
import { inText, recordRegistrations, REQUIRED_ARGS, valuesOf } from "../support/mocked";

const registered = recordRegistrations();
beforeEach(() => (registered.length = 0));

const classes = Object.entries(REQUIRED_ARGS) as [ClassName, object][];

/** As from JavaScript, where no compiler checks the arguments. */
function construct(className: ClassName, ...args: unknown[]): pulumi.CustomResource {
  const Class = wayscloud[className] as unknown as new (...all: unknown[]) => pulumi.CustomResource;
  return new Class(...args);
}

describe.each(classes)("%s", (className, args) => {
  test("passes on what the program says, and nothing else: the plugin fills in the rest", async () => {
    const created = construct(className, "k", args);
    await valuesOf(created.urn);
    const type = `wayscloud-account:index:${className}`;
    expect(registered.map((each) => [each.type, each.inputs])).toEqual([[type, args]]);
    expect(wayscloud[className].isInstance(created)).toBe(true);
  });

  test("finds what is missing, a name made of an Output, and a provider that the SDK would ignore", () => {
    expect(() => construct(className, "k", undefined)).toThrow(`${className} "k": missing required argument`);
    expect(() => construct(className, `k-${inText(pulumi.output("x"))}`, args)).toThrow(
      `${className}: \`name\` contains an Output that was turned into a string`,
    );
    class Foreign extends pulumi.ProviderResource {}
    const provider = new Foreign("pulumi-nodejs", "p", {});
    expect(() => construct(className, "k", args, { provider })).toThrow(
      `${className} "k": the \`provider\` must be a Provider of pulumi-wayscloud/native`,
    );
  });
});

test("an entry that the SDK breaks on is refused by its name", () => {
  expect(() => construct("SshKeySet", "odd", { publicKeys: { toString: "ssh-ed25519 AAAA" } })).toThrow(
    'SshKeySet "odd": `publicKeys` has an entry named `toString`, which Pulumi\'s SDK cannot pass on; choose another name.',
  );
});

test("a private key in a set is neither shown nor passed on", () => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  let message = "";
  try {
    construct("SshKeySet", "team", { publicKeys: { anna: pem } });
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain('SshKeySet "team"');
  expect(message.includes(pem.split("\n")[1]!)).toBe(false);
  expect(registered).toEqual([]);
});
