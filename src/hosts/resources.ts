// All types of resources with codec and lifecycle: the table that both hosts read.
import { checkApiKey, decodeApiKeyInputs } from "../lifecycle/api-key/inputs";
import type { KeyKind } from "../lifecycle/api-key/kind";
import { apiKeyLifecycle } from "../lifecycle/api-key/lifecycle";
import { apiKeyHoldings, decodeApiKey, encodeApiKey } from "../lifecycle/api-key/state";
import { checkRotatingKey, decodeRotatingKeyInputs } from "../lifecycle/rotating-key/inputs";
import { rotatingKeyLifecycle } from "../lifecycle/rotating-key/lifecycle";
import type { Rotation } from "../lifecycle/rotating-key/schedule";
import {
  decodeRotatingKey,
  encodeRotatingKey,
  rotatingKeyHoldings,
  rotatingKeyRepeats,
} from "../lifecycle/rotating-key/state";
import { checkSshKey, decodeSshKeyInputs } from "../lifecycle/ssh-key/inputs";
import { sshKeyLifecycle } from "../lifecycle/ssh-key/lifecycle";
import { decodeSshKey, encodeSshKey, sshKeyHoldings } from "../lifecycle/ssh-key/state";
import { checkSshKeySet, decodeSshKeySetInputs } from "../lifecycle/ssh-key-set/inputs";
import { sshKeySetLifecycle } from "../lifecycle/ssh-key-set/lifecycle";
import {
  decodeSshKeySet,
  encodeSshKeySet,
  sshKeySetHoldings,
  sshKeySetRepeats,
} from "../lifecycle/ssh-key-set/state";
import { tokenKind, serviceKeyKind } from "../lifecycle/api-key/kind";
import { resource } from "./resource";
import type { Resource } from "./resource";

/** By class name. */
export const resources = {
  SshKey: resource(
    "SshKey",
    {
      check: checkSshKey,
      decodeInputs: decodeSshKeyInputs,
      decodeState: decodeSshKey,
      encodeState: encodeSshKey,
      holdings: sshKeyHoldings,
    },
    sshKeyLifecycle,
  ),
  SshKeySet: resource(
    "SshKeySet",
    {
      check: (_olds, news) => checkSshKeySet(news),
      decodeInputs: decodeSshKeySetInputs,
      decodeState: decodeSshKeySet,
      encodeState: encodeSshKeySet,
      holdings: sshKeySetHoldings,
      repeats: sshKeySetRepeats,
    },
    sshKeySetLifecycle,
  ),
  ServiceKey: apiKeyResource("ServiceKey", serviceKeyKind),
  PersonalAccessToken: apiKeyResource("PersonalAccessToken", tokenKind),
  RotatingServiceKey: rotatingResource("RotatingServiceKey", { kind: serviceKeyKind, identity: ["service"] }),
  RotatingPersonalAccessToken: rotatingResource("RotatingPersonalAccessToken", {
    kind: tokenKind,
    identity: [],
  }),
} satisfies Record<string, Resource>;

export type ResourceName = keyof typeof resources;

function apiKeyResource<Spec extends object>(className: string, kind: KeyKind<Spec>): Resource {
  return resource(
    className,
    {
      check: (olds, news, holders) => checkApiKey(kind, olds, news, holders),
      decodeInputs: (properties) => decodeApiKeyInputs(kind, properties),
      decodeState: (id, outputs) => decodeApiKey(kind, id, outputs),
      encodeState: (state) => encodeApiKey(kind, state),
      holdings: apiKeyHoldings,
    },
    apiKeyLifecycle(kind),
  );
}

function rotatingResource<Spec extends object>(className: string, rotation: Rotation<Spec>): Resource {
  const { kind } = rotation;
  return resource(
    className,
    {
      check: (_olds, news) => checkRotatingKey(kind, news),
      decodeInputs: (properties) => decodeRotatingKeyInputs(kind, properties),
      decodeState: (id, outputs) => decodeRotatingKey(kind, id, outputs),
      encodeState: (state) => encodeRotatingKey(kind, state),
      holdings: rotatingKeyHoldings,
      repeats: rotatingKeyRepeats,
    },
    rotatingKeyLifecycle(rotation),
  );
}
