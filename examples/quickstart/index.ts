// An SSH key, a service key, a token that rotates itself, and a look at the account.
import * as wayscloud from "pulumi-wayscloud";

// Servers ordered later can name it. A change of the comment ("deploy@example") is no change.
const sshKey = new wayscloud.SshKey("deploy", {
  publicKey:
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example",
});

// The API shows the key once. Here it is a secret: encrypted in the state, hidden in what Pulumi prints.
const db = new wayscloud.ServiceKey("db", { service: "database" });

// From 14 days before its end on, the next `pulumi up` puts a new token in its place.
const token = new wayscloud.PersonalAccessToken("ci", {
  scopes: ["ssh_keys:read", "services:read"],
  expiresInDays: 90,
  rotateBeforeDays: 14,
});

export const fingerprint = sshKey.fingerprint;
export const databaseKey = db.key;
export const ciToken = token.key;
export const ciTokenRotatesAt = token.rotateAt;
export const customer = wayscloud.getProfileOutput().customerId;
export const services = wayscloud
  .getServicesOutput({ status: "running" })
  .apply((list) => list.map((service) => service.name));
