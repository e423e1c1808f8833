// Where the package's repository and its releases are.

/** Its releases have the archives of the plugin. */
export const REPOSITORY = "github.com/pulumi-wayscloud/pulumi-wayscloud";

/** Where the engine finds the plugin when nothing else names it. */
export const PLUGIN_DOWNLOAD_URL = `github://api.${REPOSITORY}`;
