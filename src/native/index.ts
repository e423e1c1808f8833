// "pulumi-wayscloud/native": the public API of the package with the plugin as its host.
export * from "../index";
export { Provider } from "./provider";
export type { ProviderArgs } from "./provider";
export {
  PersonalAccessToken,
  RotatingPersonalAccessToken,
  RotatingServiceKey,
  ServiceKey,
  SshKey,
  SshKeySet,
} from "./classes";
export {
  getApiKeys,
  getApiKeysOutput,
  getProfile,
  getProfileOutput,
  getServices,
  getServicesOutput,
  getSshKey,
  getSshKeyOutput,
  getSshKeys,
  getSshKeysOutput,
} from "./data";
export type { DataOptions, DataOutputOptions } from "./data";
