// "pulumi-wayscloud/native": the public API of the package with the plugin as its host.
export { Provider } from "./provider";
export type { ProviderArgs } from "./provider";
export {
  PersonalAccessToken,
  RotatingPersonalAccessToken,
  RotatingServiceKey,
  ServiceKey,
  SshKey,
  SshKeySet,
} from "./resources";
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
export { ServiceName } from "../resources/service-key";

export { config } from "../stack-config";
export {
  AccountMismatchError,
  AmbiguousMatchError,
  AuthenticationError,
  BadRequestError,
  ConfigurationError,
  ConflictError,
  ConnectionError,
  MalformedResponseError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  ServerError,
  UnprocessableEntityError,
  WaysCloudError,
} from "../errors";
export type {
  AccountArgs,
  ApiKeyInfo,
  Config,
  ExistingKeyArgs,
  GetApiKeysArgs,
  GetApiKeysOutputArgs,
  ProfileInfo,
  GetServicesArgs,
  GetServicesOutputArgs,
  GetSshKeyArgs,
  GetSshKeyOutputArgs,
  GetSshKeysArgs,
  KnownScope,
  PersonalAccessTokenArgs,
  PersonalAccessTokenState,
  RotatingPersonalAccessTokenArgs,
  RotatingServiceKeyArgs,
  ServiceInfo,
  ServiceKeyArgs,
  ServiceKeyState,
  SshKeyArgs,
  SshKeyInfo,
  SshKeySetArgs,
  SshKeySetEntry,
  SshKeyState,
} from "../index";
