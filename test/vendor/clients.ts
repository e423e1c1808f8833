// The vendor's command line and SDK as a person would run them: another process, and a home of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, type Result } from "../support/command";
import { cleanEnvironment } from "../support/install";

/** What the SDK returned, or its error. */
export interface SdkResult {
  code: number | null;
  json: any;
}

/** Credentials and endpoint, by the names of the vendor's variables. */
export type Variables = Record<string, string>;

export class VendorClients {
  readonly home = mkdtempSync(join(tmpdir(), "vendor-"));
  readonly env: Record<string, string>;

  constructor(readonly variables: Variables) {
    this.env = { ...cleanEnvironment(this.home, []), ...variables, COLUMNS: "200" };
  }

  /** `cloud …`; throws with its output if it fails. */
  async cloud(...args: string[]): Promise<Result> {
    const result = await this.#python(["-m", "wayscloud_cli", ...args], {});
    if (result.code !== 0) throw new Error(`cloud ${args[0]} ended with ${result.code}\n${result.all}`);
    return result;
  }

  /** One call of the SDK, such as `vps.list`. */
  async sdk(method: string, args: object = {}, variables: Variables = {}): Promise<SdkResult> {
    const script = join(__dirname, "sdk.py");
    const result = await this.#python([script, method, JSON.stringify(args)], variables);
    if (result.stdout === "") throw new Error(`${method} printed nothing\n${result.all}`);
    return { code: result.code, json: JSON.parse(result.stdout) };
  }

  /** The version of an installed package. */
  async version(name: string): Promise<string> {
    const code = `import importlib.metadata as m; print(m.version("${name}"))`;
    return (await this.#python(["-c", code], {})).stdout.trim();
  }

  remove(): void {
    rmSync(this.home, { recursive: true, force: true });
  }

  #python(args: string[], variables: Variables): Promise<Result> {
    const python = process.env["TEST_VENDOR_PYTHON"];
    if (python === undefined) throw new Error("start these tests with `npm run test:vendor`");
    return new Command(python, args, { cwd: this.home, env: { ...this.env, ...variables } }).done;
  }
}
