// Bundles the provider wayscloud-account into one file, and packs the archives of a release: what `pulumi plugin install` and pluginDownloadURL expect.
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { argv } from "node:process";
import { pathToFileURL } from "node:url";
import { projectFolder, runOrFail } from "../lib/process.mjs";
import { installed } from "../lib/tools.mjs";

const NAME = "pulumi-resource-wayscloud-account";
/** The bundle is the same for all of them; the engine asks for its own. */
const PLATFORMS = ["linux", "darwin", "windows"].flatMap((os) =>
  ["amd64", "arm64"].map((arch) => `${os}-${arch}`),
);
const read = (file) => readFileSync(join(projectFolder, file), "utf8");
const { version, repository } = JSON.parse(read("package.json"));
const texts = () => ({
  "package.json": JSON.stringify({ version, repository }),
  "plugin/schema.json": JSON.stringify(JSON.parse(read("plugin/schema.json"))),
});

/** In the package these two look for files of the installation; a bundle has none. */
const withoutInstallation = {
  name: "without-installation",
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]package-file\.ts$/ }, () => ({
      contents: `const files = ${JSON.stringify(texts())}; export const packageFile = (path) => files[path];`,
      loader: "js",
    }));
    onLoad({ filter: /[\\/]src[\\/]hosts[\\/]plugin[\\/]sdk\.ts$/ }, () => ({
      contents: `
        import * as grpc from "@grpc/grpc-js";
        import { Empty } from "google-protobuf/google/protobuf/empty_pb";
        import { Struct } from "google-protobuf/google/protobuf/struct_pb";
        export { grpc, Empty, Struct };`,
      loader: "ts",
      resolveDir: projectFolder,
    }));
  },
};

/** Writes the executable, and the files beside it that it loads: an old Node.js could not even parse the provider, to say that it is too old. */
async function bundle(folder) {
  const esbuild = createRequire(join(await installed("bundle"), "package.json"))("esbuild");
  await esbuild.build({
    entryPoints: ["src/supported-node.ts", "src/hosts/plugin/main.ts"].map((file) =>
      join(projectFolder, file),
    ),
    outdir: folder,
    entryNames: "[name]",
    bundle: true,
    platform: "node",
    target: "node20",
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "linked",
    plugins: [withoutInstallation],
    logLevel: "error",
  });
  const file = join(folder, NAME);
  writeFileSync(file, '#!/usr/bin/env node\nrequire("./supported-node.js");\nrequire("./main.js");\n');
  chmodSync(file, 0o755);
}

/** One archive for each platform, with a file of its checksum beside it; answers their paths. */
export async function archives(folder) {
  const staging = mkdtempSync(join(tmpdir(), "plugin-archive-"));
  try {
    await bundle(staging);
    writeFileSync(join(staging, `${NAME}.cmd`), `@node "%~dp0${NAME}" %*\r\n`);
    copyFileSync(join(projectFolder, "LICENSE"), join(staging, "LICENSE"));
    mkdirSync(folder, { recursive: true });
    const files = PLATFORMS.map((platform) => join(folder, `${NAME}-v${version}-${platform}.tar.gz`));
    for (const file of files) {
      await runOrFail("tar", ["-czf", file, "-C", staging, "."]);
      const hash = createHash("sha256").update(readFileSync(file)).digest("hex");
      writeFileSync(`${file}.sha256`, `${hash}  ${basename(file)}\n`);
    }
    return files;
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

if (argv[1] && import.meta.url === pathToFileURL(argv[1]).href) {
  try {
    for (const file of await archives(resolve(argv[2] ?? "archives"))) process.stdout.write(`${file}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
