// What distinguishes one kind of API key from another: a service key, a personal access token.
import type { WithServerTime } from "../../api/client";
import type { ApiKey, CreatedKey } from "../../api/schemas";
import type { Operation } from "../../api/timing";
import type { MaybeUnknown, Properties } from "../../values";
import type { InputCheck } from "../inputs";
import type { StartedAt } from "../create-once/started";
import type { StateReader } from "../properties";
import type { Run } from "../run";

/** The inputs that are fixed when a key is created, any of which a preview may not know yet. */
export type SpecInputs<Spec> = { [Name in keyof Spec]: MaybeUnknown<Spec[Name]> };

/** A key that the account holds and whose secret we have. */
export interface HeldKey<Spec> {
  id: string;
  /** The full key; `null` if it was imported without its secret. */
  key: string | null;
  keyPrefix: string;
  keyType: string;
  spec: Spec;
  description: string | null;
  isActive: boolean;
  /** RFC 3339, by the server's clock. */
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  /** Service keys only: what the list shows that the key may do. */
  listedScopes: string[] | null;
}

/** An attempt to create an API key, whose outcome is unknown. */
export interface LostAttempt extends StartedAt {
  /** `null` for a token. */
  service: string | null;
  /** The full description that was sent, with its marker if it has one. */
  description: string;
  /** The description ends in a generated marker, so that it proves whose work it is. */
  hasMarker: boolean;
}

/** `Spec`: the inputs that are fixed when a key is created. They are outputs as well. */
export interface KeyKind<Spec extends object> {
  /** `service key` */
  label: string;
  specNames: readonly (keyof Spec & string)[];
  /** The inputs that may change in place, beside those of every key. */
  updatable: readonly string[];
  check(check: InputCheck, news: Properties): void;
  decodeInputs(properties: Properties): SpecInputs<Spec>;
  decodeSpec(state: StateReader): Spec;
  /** The outputs fixed at creation that only this kind has, absent ones as `null`. */
  fixedOutputs(key: HeldKey<Spec>): Properties;
  /** The outputs that a key of this kind has where its resource holds one key and no other. */
  singleKeyOutputs(key: HeldKey<Spec>, rotateAt: string | null): Properties;
  post(
    spec: Spec,
    description: string | undefined,
    run: Run,
    operation: Operation,
  ): Promise<WithServerTime<CreatedKey>>;
  /** Why a listed key is not of this kind, or not what these inputs ask for, if so. */
  whyMismatched(entry: ApiKey, spec?: Spec): string | undefined;
  /** The service that such a key is for; `null` for a token. */
  serviceOf(spec: Spec): string | null;
  /** The inputs that a listed key would have; where the list does not show them, those that are declared. */
  specOf(entry: ApiKey, declared: SpecInputs<Spec>): Spec;
  /** Does such a key expire at all? */
  expires(spec: Spec): boolean;
  /** When a key that was created at this time expires; `null` if never. */
  expiresAt(spec: Spec, createdAt: string): string | null;
}

/** Lists have shown tokens with an empty service, and with the service "account". */
export function isServiceKey({ service }: { service?: string | undefined }): boolean {
  return service !== undefined && !["", "account"].includes(service.trim().toLowerCase());
}
