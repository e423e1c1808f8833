// The public API of pulumi-wayscloud, and nothing else.
export { Provider } from "./provider";
export type { AccountArgs, ProviderArgs } from "./provider";
export { config } from "./stack-config";
export type { Config } from "./stack-config";

export { SshKey } from "./resources/ssh-key";
export type { SshKeyArgs, SshKeyState } from "./resources/ssh-key";
export { SshKeySet } from "./resources/ssh-key-set";
export type { SshKeySetArgs, SshKeySetEntry } from "./resources/ssh-key-set";
export { ServiceKey, ServiceName } from "./resources/service-key";
export type { ServiceKeyArgs, ServiceKeyState } from "./resources/service-key";
export { PersonalAccessToken } from "./resources/personal-access-token";
export type {
  KnownScope,
  PersonalAccessTokenArgs,
  PersonalAccessTokenState,
} from "./resources/personal-access-token";
export { RotatingServiceKey } from "./resources/rotating-service-key";
export type { RotatingServiceKeyArgs } from "./resources/rotating-service-key";
export { RotatingPersonalAccessToken } from "./resources/rotating-personal-access-token";
export type { RotatingPersonalAccessTokenArgs } from "./resources/rotating-personal-access-token";
export type { ExistingKeyArgs } from "./resources/key-args";

export {
  getProfile,
  getProfileOutput,
  getServices,
  getServicesOutput,
  getApiKeys,
  getApiKeysOutput,
  getSshKey,
  getSshKeyOutput,
  getSshKeys,
  getSshKeysOutput,
} from "./data/dynamic";
export type {
  ApiKeyInfo,
  GetApiKeysArgs,
  GetApiKeysOutputArgs,
  GetServicesArgs,
  GetServicesOutputArgs,
  GetSshKeyArgs,
  GetSshKeyOutputArgs,
  GetSshKeysArgs,
  ProfileInfo,
  ServiceInfo,
  SshKeyInfo,
} from "./data/types";
export type { DataOptions, DataOutputOptions } from "./data/functions";

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
} from "./errors";
