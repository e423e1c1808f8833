// The program as a function, so that a test can run it as well.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "pulumi-wayscloud";

export interface Settings {
  /** The key that servers are reached with. */
  publicKey: string;
  /** The services that the application uses. */
  services: wayscloud.ServiceName[];
}

export function infrastructure({ publicKey, services }: Settings) {
  const deploy = new wayscloud.SshKey("deploy", { publicKey });
  const keys = services.map((service) => [service, new wayscloud.ServiceKey(service, { service }).key]);
  const token = new wayscloud.PersonalAccessToken("inventory", {
    scopes: ["services:read"],
    expiresInDays: 90,
    rotateBeforeDays: 14,
  });
  return {
    customer: wayscloud.getProfileOutput().customerId,
    fingerprint: deploy.fingerprint,
    // One output, which is secret as a whole: of an object with secrets in it the Automation API would not say so.
    keys: pulumi.output(Object.fromEntries(keys) as Record<string, pulumi.Output<string>>),
    token: token.key,
  };
}
