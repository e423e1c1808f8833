// The schema that the process answers: the committed one, with its version and what only a release knows.
import { pluginDownloadURL, repository, version } from "../../../version";
import { committed } from "./tables";

export function packageSpec(): object {
  return { ...committed, version, ...(repository === undefined ? {} : ofRelease(repository)) };
}

function ofRelease(repository: string): object {
  return {
    homepage: repository,
    repository,
    logoUrl: `${repository}/raw/v${version}/assets/logo.svg`,
    pluginDownloadURL,
  };
}
