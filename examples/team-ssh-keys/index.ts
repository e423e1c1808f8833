// One SSH key for every file in keys/: joining and leaving is a file in a pull request.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as wayscloud from "pulumi-wayscloud";

const folder = join(__dirname, "keys");
const files = readdirSync(folder).filter((file) => file.endsWith(".pub"));

// An empty folder is a mistake (a checkout that went wrong), not a team without members: it would delete every key.
if (files.length === 0) throw new Error("keys/ holds no .pub file");

const members = files.map((file) => {
  const member = file.slice(0, -".pub".length);
  const publicKey = readFileSync(join(folder, file), "utf8");
  return [member, new wayscloud.SshKey(member, { publicKey }).fingerprint] as const;
});

export const fingerprints = Object.fromEntries(members);
