// What the pipeline deploys, and the token that the pipeline itself is logged in with.
import * as wayscloud from "pulumi-wayscloud";

new wayscloud.SshKey("deploy", {
  publicKey:
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example",
});

// A rotating token is never revoked by a run that is logged in with it: the run that makes a successor leaves
// it alone, and a run of the successor revokes it when the week is over.
const ci = new wayscloud.RotatingPersonalAccessToken("ci", {
  // No more than this program needs.
  scopes: ["api_keys:read", "api_keys:write", "ssh_keys:read", "ssh_keys:write"],
  rotateEveryDays: 30,
  overlapDays: 7,
  expiresInDays: 60, // should the pipeline stand still, its token does not live for ever
});

export const ciToken = ci.key; // [secret]; ci/run.sh logs in with it
export const ciTokenExpiresAt = ci.expiresAt;
