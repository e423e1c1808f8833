// The schema that the process answers: the committed one, with its version and what only a release knows.
import { packageFile } from "../../package-file";
import { pluginDownloadURL, repository, version } from "../../version";

export function packageSpec(): object {
  const committed = JSON.parse(packageFile("plugin/schema.json")) as object;
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
