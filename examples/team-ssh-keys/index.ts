// All SSH keys of a team, a file each in keys/: joining and leaving is a file in a pull request.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as wayscloud from "pulumi-wayscloud";

const folder = join(__dirname, "keys");
const files = readdirSync(folder).filter((file) => file.endsWith(".pub"));

// An empty folder is a mistake (a checkout that went wrong), not a team without members: it would delete every key.
if (files.length === 0) throw new Error("keys/ holds no .pub file");

const team = new wayscloud.SshKeySet("team", {
  publicKeys: Object.fromEntries(
    files.map((file) => [file.slice(0, -".pub".length), readFileSync(join(folder, file), "utf8")]),
  ),
});

export const fingerprints = team.keys.apply((keys) =>
  Object.fromEntries(Object.entries(keys).map(([member, { fingerprint }]) => [member, fingerprint])),
);
