// A registry that stands for npm's: it serves the given packages, and an empty one in place of every other that this repository has installed.
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const modules = resolve(__dirname, "../../node_modules");

export interface Registry {
  /** The names of the packages that were asked for. */
  asked: string[];
  /** Runs npm with this registry. @throws what npm says. */
  npm(args: string[], cwd: string): Promise<void>;
  close(): Promise<void>;
}

/** `packages`: the tarballs by name. */
export async function startRegistry(packages: Record<string, string>): Promise<Registry> {
  const folder = mkdtempSync(join(tmpdir(), "registry-"));
  const asked: string[] = [];
  const server = createServer(({ url = "", headers }, response) => {
    const [, name, isTarball] = /^\/(.*?)(\/-\/.*)?$/.exec(decodeURIComponent(url))!;
    if (!isTarball) asked.push(name!);
    const tarball = packages[name!] ?? emptyPackage(folder, name!);
    if (tarball === undefined) {
      response.writeHead(404).end("{}");
    } else if (isTarball) {
      response.end(readFileSync(tarball));
    } else {
      const manifest = JSON.parse(
        execFileSync("tar", ["-xzOf", tarball, "package/package.json"], { encoding: "utf8" }),
      );
      const dist = { tarball: `http://${headers.host}/${name}/-/package.tgz` };
      response.end(
        JSON.stringify({
          name,
          "dist-tags": { latest: manifest.version },
          versions: { [manifest.version]: { ...manifest, dist } },
        }),
      );
    }
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  return {
    asked,
    async npm(args, cwd) {
      const settings = [
        `--registry=http://127.0.0.1:${port}`,
        `--cache=${join(folder, "cache")}`,
        `--userconfig=${join(folder, "none")}`,
      ];
      const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"];
      await promisify(execFile)("npm", [...args, ...settings, ...quiet], { cwd });
    },
    async close() {
      await new Promise((closed) => server.close(closed));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function emptyPackage(folder: string, name: string): string | undefined {
  const installed = join(modules, name, "package.json");
  if (!existsSync(installed)) return undefined;
  const { version } = JSON.parse(readFileSync(installed, "utf8")) as { version: string };
  const place = join(folder, name.replace("/", "+"));
  mkdirSync(join(place, "package"), { recursive: true });
  writeFileSync(join(place, "package/package.json"), JSON.stringify({ name, version }));
  execFileSync("tar", ["-czf", `${place}.tgz`, "-C", place, "package"]);
  return `${place}.tgz`;
}
