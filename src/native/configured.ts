// Which account the plugin works with. It sees our own namespace of the stack config only: what the program's other classes read beside it must not be ignored silently.
import { keysOf, OWN, SETTINGS } from "../settings";
import { ConfigurationError } from "../errors";
import { stackConfig } from "../stack-config";

/**
 * @throws ConfigurationError where the default provider would ignore an account that the stack config names, or where the provider is that of
 *   another package, which the SDK ignores without a word.
 */
export function checkProvider(what: string, provider: unknown): void {
  if (provider === undefined || provider === null) {
    refuseIgnoredConfig(what);
    return;
  }
  const type: unknown =
    typeof provider === "object" && "__pulumiType" in provider ? provider.__pulumiType : "";
  if (type === "pulumi:providers:wayscloud-account") return;
  throw new ConfigurationError(
    `${what}: the \`provider\` must be a Provider of pulumi-wayscloud/native, new wayscloud.Provider(name, { patToken }); this one would be ignored, and the default account be used.`,
  );
}

function refuseIgnoredConfig(what: string): void {
  for (const setting of Object.values(SETTINGS)) {
    const key = keysOf(setting).find((each) => stackConfig(each) !== undefined);
    if (key === undefined || key.startsWith(OWN)) continue;
    const right = (setting.isSecret ? "--secret " : "") + OWN + setting.own[0];
    throw new ConfigurationError(
      `${what}: the stack config has ${key}, which the plugin does not see. ` +
        `Run \`pulumi config set ${right}\` with the same value, or pass a Provider of pulumi-wayscloud/native.`,
    );
  }
}
