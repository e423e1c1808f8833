// Ids as parts of a path.
import { ConfigurationError } from "../errors";

/** The id, ready to stand in a path. @throws ConfigurationError for one that could change the path. */
export function pathSegment(id: string): string {
  if (!/^[A-Za-z0-9_-]+$/.test(id)) {
    throw new ConfigurationError(
      `An id of ${id.length} characters was refused: ids consist of letters, digits, "_" and "-".`,
    );
  }
  return encodeURIComponent(id);
}
