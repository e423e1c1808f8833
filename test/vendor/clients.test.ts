// Every step of the vendor's command line and SDK against the emulator, with both forms of lists.
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Emulator, startEmulator } from "../../src/emulator";
import { Command } from "../support/command";
import { userInstall } from "../support/install";
import { publicKey } from "../support/public-key";
import { VendorClients } from "./clients";

const PLAN = "NO-Start-Linux-2cpu-4096mb-30gb";
const SERVER = { hostname: "web", plan: PLAN, region: "NO", os_template: "ubuntu-24.04" };

describe.each(["array", "named"])("with lists of the form %s", (lists) => {
  let emulator: Emulator;
  let clients: VendorClients;
  let serviceKey: string;

  beforeAll(async () => {
    emulator = await startEmulator({ lists, provisioning: { reads: 1 } });
    serviceKey = emulator.account.addApiKey({ service: "vps" }).key;
    clients = new VendorClients({ WAYSCLOUD_API_URL: emulator.url });
  });
  afterAll(async () => {
    clients.remove();
    await emulator.close();
  });

  const credentialsFile = (): string => join(clients.home, ".wayscloud", "credentials");
  const idsOf = (): string[] => emulator.account.vps().map(({ id }) => id);
  const sshKey = (which: string): object => ({ name: which, public_key: publicKey(which) });

  test("the pinned versions are installed", async () => {
    expect(await clients.version("wayscloud")).toBe("0.5.0");
    expect(await clients.version("wayscloud-cli")).toBe("0.6.0");
  });

  test("cloud login --token writes the credentials file", async () => {
    const { stdout } = await clients.cloud("login", "--token", emulator.apiKey);
    expect(stdout).toContain("Logged in as: kristen.nygaard@simula.no");
    expect(statSync(credentialsFile()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(credentialsFile(), "utf8"))).toMatchObject({
      version: 1,
      token: emulator.apiKey,
    });
  });

  test("cloud login with an unknown token fails and keeps the file", async () => {
    await expect(clients.cloud("login", "--token", "wayscloud_pat_abc12_nobody")).rejects.toThrow(
      "Token is invalid or expired",
    );
    expect(readFileSync(credentialsFile(), "utf8")).toContain(emulator.apiKey);
  });

  test("this package reads the file that cloud login wrote", async () => {
    const program = join(userInstall(), "node_modules", ".bin", "pulumi-wayscloud");
    const result = await new Command(program, ["whoami"], { cwd: clients.home, env: clients.env }).done;
    expect(result.code).toBe(0);
    expect(result.stdout).toContain("f47ac10b-58cc-4372-a567-0e02b2c3d479");
    expect(result.stdout).toContain(credentialsFile());
  });

  test("cloud whoami", async () => {
    const { stdout } = await clients.cloud("whoami");
    expect(stdout).toContain("Customer ID: f47ac10b-58cc-4372-a567-0e02b2c3d479");
    expect(stdout).toContain("Type: business");
  });

  test("cloud vps create", async () => {
    const args = ["--hostname", "web", "--plan", PLAN, "--region", "NO", "--os", "ubuntu-24.04"];
    emulator.account.addSshKey({ name: "cli", publicKey: publicKey("cli") });
    const { stdout } = await clients.cloud("vps", "create", ...args, "--ssh-key", publicKey("cli"));
    const [server] = emulator.account.vps();
    expect(stdout).toContain(`VPS created: ${server!.id}`);
    expect(stdout).toContain("Status: provisioning");
    expect(server!.fingerprints).toEqual([emulator.account.sshKeys()[0]!.fingerprint]);
  });

  test("cloud vps list, with and without filters", async () => {
    const [id] = idsOf();
    expect((await clients.cloud("vps", "list")).stdout).toContain(id!.slice(0, 12));
    const { stdout } = await clients.cloud("--json", "vps", "list", "--status", "active", "--region", "NO");
    expect(JSON.parse(stdout)).toMatchObject([{ id, status: "active", ipv4_address: "203.0.113.1" }]);
    expect((await clients.cloud("vps", "list", "--region", "SE")).stdout).toContain("No VPS instances found");
  });

  test("cloud vps info", async () => {
    const { stdout } = await clients.cloud("vps", "info", idsOf()[0]!);
    for (const line of [
      "Hostname: web",
      "Status: active",
      "Power: on",
      "IPv4: 203.0.113.1",
      `Plan: ${PLAN}`,
    ]) {
      expect(stdout).toContain(line);
    }
  });

  test("cloud vps stop, start, reboot, status and update", async () => {
    const [id] = idsOf();
    await clients.cloud("vps", "stop", id!);
    expect((await clients.cloud("vps", "status", id!)).stdout).toContain("Power: off");
    await clients.cloud("vps", "start", id!);
    await clients.cloud("vps", "reboot", id!);
    const { stdout } = await clients.cloud("vps", "status", id!);
    expect(stdout).toContain("Power: on");
    expect(stdout).toContain("Memory Total (MB): 4096");
    await clients.cloud("vps", "update", id!, "--display-name", "Web server");
    expect(emulator.account.vps()[0]!.displayName).toBe("Web server");
  });

  test("cloud vps plans, os-templates and regions", async () => {
    expect((await clients.cloud("vps", "plans", "--region", "NO")).stdout).toContain(PLAN);
    expect((await clients.cloud("vps", "plans")).stdout).toContain("4GB");
    expect((await clients.cloud("vps", "os-templates")).stdout).toContain("ubuntu-24.04");
    expect((await clients.cloud("vps", "regions")).stdout).toMatch(/NO +Norway/);
  });

  test("cloud vps delete", async () => {
    await clients.cloud("vps", "delete", idsOf()[0]!, "--confirm");
    expect(idsOf()).toEqual([]);
  });

  test("the SDK's profile, by token; by a service key it is an authentication error", async () => {
    const { json } = await clients.sdk("account.profile", {}, { WAYSCLOUD_TOKEN: emulator.apiKey });
    expect(json.customer_id).toBe("f47ac10b-58cc-4372-a567-0e02b2c3d479");
    const refused = await clients.sdk("account.profile", {}, { WAYSCLOUD_API_KEY: serviceKey });
    expect([refused.code, refused.json.error]).toEqual([1, "AuthenticationError"]);
    expect(refused.json.message).toContain("use a personal access token");
  });

  test("the SDK's SSH keys: add, list, conflict, delete", async () => {
    const token = { WAYSCLOUD_TOKEN: emulator.apiKey };
    const { json: made } = await clients.sdk("account.add_ssh_key", sshKey("sdk"), token);
    expect(made).toMatchObject({ name: "sdk", key_type: "ssh-ed25519", vm_count: 0 });
    const { json: keys } = await clients.sdk("account.ssh_keys", {}, token);
    expect(keys).toContainEqual(made);
    const again = await clients.sdk("account.add_ssh_key", sshKey("sdk"), token);
    expect([again.code, again.json.error]).toEqual([1, "ConflictError"]);
    await clients.sdk("account.delete_ssh_key", { key_id: made.id }, token);
    expect(emulator.account.sshKeys().map(({ name }) => name)).not.toContain("sdk");
  });

  test.each([
    ["a token", () => ({ WAYSCLOUD_TOKEN: emulator.apiKey })],
    ["a service key", () => ({ WAYSCLOUD_API_KEY: serviceKey })],
    ["both", () => ({ WAYSCLOUD_TOKEN: emulator.apiKey, WAYSCLOUD_API_KEY: serviceKey })],
  ])("the SDK's servers, with %s: create, list, get, delete", async (_what, credentials) => {
    const variables = credentials();
    const { json: made } = await clients.sdk("vps.create", SERVER, variables);
    expect(made).toMatchObject({ hostname: "web", plan_code: PLAN, status: "provisioning" });
    const { json: listed } = await clients.sdk("vps.list", { region: "NO" }, variables);
    expect(listed.map(({ id }: { id: string }) => id)).toEqual([made.id]);
    const { json: found } = await clients.sdk("vps.get", { vps_id: made.id }, variables);
    expect(found).toMatchObject({ id: made.id, status: "active" });
    await clients.sdk("vps.delete", { vps_id: made.id }, variables);
    const gone = await clients.sdk("vps.get", { vps_id: made.id }, variables);
    expect([gone.code, gone.json.error]).toEqual([1, "NotFoundError"]);
  });

  test("with both the profile is read by the token", async () => {
    const both = { WAYSCLOUD_TOKEN: emulator.apiKey, WAYSCLOUD_API_KEY: serviceKey };
    expect((await clients.sdk("account.profile", {}, both)).code).toBe(0);
  });

  test("an invalid field is a validation error with the API's reason", async () => {
    const variables = { WAYSCLOUD_API_KEY: serviceKey };
    const refused = await clients.sdk("vps.create", { ...SERVER, region: "XX" }, variables);
    expect([refused.code, refused.json.error]).toEqual([1, "ValidationError"]);
    expect(refused.json.message).toContain("Input should be 'NO', 'SE'");
  });
});
