// The resources of the pipeline, and the token with which the pipeline itself is authenticated.
import * as wayscloud from "pulumi-wayscloud";

new wayscloud.SshKey("deploy", {
  publicKey:
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example",
});

// A run never revokes the token that it is authenticated with: the run that creates a new token keeps the old
// one, and a run with the new token revokes it when the week is over.
const ci = new wayscloud.RotatingPersonalAccessToken("ci", {
  // No more than this program needs.
  scopes: ["api_keys:read", "api_keys:write", "ssh_keys:read", "ssh_keys:write"],
  rotateEveryDays: 30,
  overlapDays: 7,
  expiresInDays: 60, // if the pipeline stops running, its token still expires
});

export const ciToken = ci.key; // [secret]; ci/run.sh logs in with it
export const ciTokenExpiresAt = ci.expiresAt;
