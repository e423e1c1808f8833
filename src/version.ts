// Values from package.json: the version, for the User-Agent and the commands, and the address of releases.
import { packageFile } from "./package-file";

const manifest = JSON.parse(packageFile("package.json")) as { version: string; repository?: { url: string } };

export const version = manifest.version;

/**
 * The project's page on GitHub. The release workflow writes it into package.json. Any other build has none,
 * so it contains no address that somebody else may own.
 */
export const repository = manifest.repository?.url.replace(/^git\+|\.git$/g, "");

/** The archives of this release: the engine finds the plugin there unless Pulumi.yaml has its folder. */
export const pluginDownloadURL = repository?.replace("https://github.com/", "github://api.github.com/");
