// Every type of resource with the lifecycle that serves it: the one table that both hosts read.
import { personalAccessToken, tokenKind } from "../lifecycle/api-key/personal-access-token";
import { serviceKey, serviceKeyKind } from "../lifecycle/api-key/service-key";
import type { Lifecycle } from "../lifecycle/lifecycle";
import { rotatingLifecycle } from "../lifecycle/rotating-key/lifecycle";
import { sshKey } from "../lifecycle/ssh-key/lifecycle";

/** By class name. */
export const resources = {
  SshKey: sshKey,
  ServiceKey: serviceKey,
  PersonalAccessToken: personalAccessToken,
  RotatingServiceKey: rotatingLifecycle(serviceKeyKind, ["service"]),
  RotatingPersonalAccessToken: rotatingLifecycle(tokenKind, []),
} satisfies Record<string, Lifecycle>;
