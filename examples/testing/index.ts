import { infrastructure } from "./infrastructure";

export const { customer, fingerprint, keys, token } = infrastructure({
  publicKey:
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example",
  services: ["database", "storage"],
});
