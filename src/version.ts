// What the package says of itself: its version, for the User-Agent and the commands, and where its releases are.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The version in package.json, which lies one folder above both src/ and dist/. */
export const version = (
  JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")) as { version: string }
).version;

/** Its repository, whose releases have the archives of the plugin. */
export const REPOSITORY = "github.com/pulumi-wayscloud/pulumi-wayscloud";

/** Where the engine finds the plugin when nothing else names it. */
export const PLUGIN_DOWNLOAD_URL = `github://api.${REPOSITORY}`;
