// Where requests go: the default endpoint, and ids as parts of a path.
import { ConfigurationError } from "../errors";

export const DEFAULT_ENDPOINT = "https://api.wayscloud.services";

/** The id as a segment of a path. @throws ConfigurationError for an id that could change the path. */
export function pathSegment(id: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) {
    throw new ConfigurationError(
      `The package rejected an id of ${id.length} characters: ids consist of letters, digits, "_" and "-".`,
    );
  }
  return encodeURIComponent(id);
}
