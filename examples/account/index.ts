// The account stack: everything that other stacks need from the account, made in one place and exported.
import * as wayscloud from "pulumi-wayscloud";

import { team } from "./team";

const sshKeys = Object.entries(team).map(
  ([member, publicKey]) => new wayscloud.SshKey(member, { publicKey }),
);

// Its consumers are other stacks, which take up a new key only when they run themselves. So the key before
// it lives on for a week; a plain ServiceKey would be revoked in the run that replaces it.
const vps = new wayscloud.RotatingServiceKey("vps", {
  service: "vps",
  rotateEveryDays: 30,
  overlapDays: 7,
});

export const publicKeys = sshKeys.map((key) => key.publicKey);
export const vpsKey = vps.key; // [secret], and secret in every stack that reads it
