// The resource classes of "pulumi-wayscloud/native": those of the package, served by the plugin. They add no constructor, so that the engine still
// points at the user's line.
import { SshKey as DynamicSshKey } from "../resources/ssh-key";
import { SshKeySet as DynamicSshKeySet } from "../resources/ssh-key-set";
import { ServiceKey as DynamicServiceKey } from "../resources/service-key";
import { PersonalAccessToken as DynamicPersonalAccessToken } from "../resources/personal-access-token";
import { RotatingServiceKey as DynamicRotatingServiceKey } from "../resources/rotating-service-key";
import { RotatingPersonalAccessToken as DynamicRotatingPersonalAccessToken } from "../resources/rotating-personal-access-token";
import { nativeDeclaration, nativeType } from "./declaration";

/** As the SshKey of `pulumi-wayscloud`, served by the plugin: with the option `import`, `replaceOnChanges`, `customTimeouts` and detailed diffs. */
export class SshKey extends DynamicSshKey {
  /** @internal */
  public static override readonly __pulumiType = nativeType("SshKey");
  /** @internal */
  public static override readonly __declare = nativeDeclaration;

  /** Returns true if the given object is a `SshKey` of `pulumi-wayscloud/native`. */
  public static override isInstance(obj: unknown): obj is SshKey {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === SshKey.__pulumiType;
  }
}

/** As the SshKeySet of `pulumi-wayscloud`, served by the plugin: with `replaceOnChanges`, `customTimeouts` and detailed diffs. */
export class SshKeySet extends DynamicSshKeySet {
  /** @internal */
  public static override readonly __pulumiType = nativeType("SshKeySet");
  /** @internal */
  public static override readonly __declare = nativeDeclaration;

  /** Returns true if the given object is a `SshKeySet` of `pulumi-wayscloud/native`. */
  public static override isInstance(obj: unknown): obj is SshKeySet {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === SshKeySet.__pulumiType;
  }
}

/** As the ServiceKey of `pulumi-wayscloud`, served by the plugin: with the option `import`, `replaceOnChanges`, `customTimeouts` and detailed diffs. */
export class ServiceKey extends DynamicServiceKey {
  /** @internal */
  public static override readonly __pulumiType = nativeType("ServiceKey");
  /** @internal */
  public static override readonly __declare = nativeDeclaration;

  /** Returns true if the given object is a `ServiceKey` of `pulumi-wayscloud/native`. */
  public static override isInstance(obj: unknown): obj is ServiceKey {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === ServiceKey.__pulumiType;
  }
}

/** As the PersonalAccessToken of `pulumi-wayscloud`, served by the plugin: with the option `import`, `replaceOnChanges`, `customTimeouts` and detailed diffs. */
export class PersonalAccessToken extends DynamicPersonalAccessToken {
  /** @internal */
  public static override readonly __pulumiType = nativeType("PersonalAccessToken");
  /** @internal */
  public static override readonly __declare = nativeDeclaration;

  /** Returns true if the given object is a `PersonalAccessToken` of `pulumi-wayscloud/native`. */
  public static override isInstance(obj: unknown): obj is PersonalAccessToken {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === PersonalAccessToken.__pulumiType;
  }
}

/** As the RotatingServiceKey of `pulumi-wayscloud`, served by the plugin: with the option `import`, `replaceOnChanges`, `customTimeouts` and detailed diffs. */
export class RotatingServiceKey extends DynamicRotatingServiceKey {
  /** @internal */
  public static override readonly __pulumiType = nativeType("RotatingServiceKey");
  /** @internal */
  public static override readonly __declare = nativeDeclaration;

  /** Returns true if the given object is a `RotatingServiceKey` of `pulumi-wayscloud/native`. */
  public static override isInstance(obj: unknown): obj is RotatingServiceKey {
    return (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType === RotatingServiceKey.__pulumiType;
  }
}

/** As the RotatingPersonalAccessToken of `pulumi-wayscloud`, served by the plugin: with the option `import`, `replaceOnChanges`, `customTimeouts` and detailed diffs. */
export class RotatingPersonalAccessToken extends DynamicRotatingPersonalAccessToken {
  /** @internal */
  public static override readonly __pulumiType = nativeType("RotatingPersonalAccessToken");
  /** @internal */
  public static override readonly __declare = nativeDeclaration;

  /** Returns true if the given object is a `RotatingPersonalAccessToken` of `pulumi-wayscloud/native`. */
  public static override isInstance(obj: unknown): obj is RotatingPersonalAccessToken {
    return (
      (obj as { __pulumiType?: unknown } | undefined)?.__pulumiType ===
      RotatingPersonalAccessToken.__pulumiType
    );
  }
}
