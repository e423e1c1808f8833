// What package.json says: the version, for the User-Agent and the commands, and where a release comes from.
import { packageFile } from "./package-file";

const manifest = JSON.parse(packageFile("package.json")) as { version: string; repository?: { url: string } };

export const version = manifest.version;

/**
 * The project's page on GitHub. The release workflow writes it into package.json; any other build has none, and so names no address that
 * somebody else may own.
 */
export const repository = manifest.repository?.url.replace(/^git\+|\.git$/g, "");

/** Where the engine finds the plugin when nothing else names it: the archives of this version's release. */
export const pluginDownloadURL = repository?.replace("https://github.com/", "github://api.github.com/");
