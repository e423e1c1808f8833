// A server as a dynamic resource of the program's own: pulumi-wayscloud is about the account, not about servers.
import * as pulumi from "@pulumi/pulumi";

export interface ServerArgs {
  hostname: pulumi.Input<string>;
  /** Such as `NO-Start-Linux-2cpu-4096mb-30gb`; `cloud vps plans` lists them. */
  planCode: pulumi.Input<string>;
  /** `NO`, `SE`, `FR`, `DE`, `EU` or `US`. */
  region: pulumi.Input<string>;
  /** Such as `ubuntu-24.04`; `cloud vps os-templates` lists them. */
  osTemplate: pulumi.Input<string>;
  /** Public keys in OpenSSH's one-line form. */
  sshKeys: pulumi.Input<string[]>;
  /** A service key for `vps`. */
  apiKey: pulumi.Input<string>;
  endpoint: pulumi.Input<string>;
}

type Inputs = pulumi.Unwrap<ServerArgs>;
type Outputs = Inputs & { ipAddress: string | null };

/** The part of the API's response that is used here. */
interface ApiServer {
  id: string;
  status: string;
  ipv4_address: string | null;
}

// Pulumi stores the source code of these functions in the state. They capture no value, least of all a secret: all they
// work with comes in as inputs.
async function call(inputs: Inputs, method: string, path: string, body?: object): Promise<Response> {
  const what = `${method} /v1/vps${path}`;
  const response = await fetch(`${inputs.endpoint}/v1/vps${path}`, {
    method,
    headers: { "X-API-Key": inputs.apiKey, "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    redirect: "error", // it would carry the key elsewhere
    signal: AbortSignal.timeout(60_000),
  }).catch((error) => {
    throw new Error(`${what} got no response: ${error.cause?.code ?? error.message}`);
  });
  if (response.ok || response.status === 404) return response;
  // What a server says is shown to everybody who sees the log.
  const reason = (await response.text()).replaceAll(inputs.apiKey, "[secret]").slice(0, 500);
  throw new Error(`${what} was answered ${response.status}: ${reason}`);
}

/** Waits until the server is active, which takes minutes. */
async function untilActive(inputs: Inputs, id: string): Promise<ApiServer> {
  for (let pause = 1_000, left = 15 * 60_000; ; left -= pause, pause = Math.min(2 * pause, 15_000)) {
    const response = await call(inputs, "GET", `/${id}`);
    if (!response.ok) throw new Error(`the server ${id} is gone`);
    const server = (await response.json()) as ApiServer;
    if (server.status === "active") return server;
    if (server.status !== "provisioning" || left <= 0) {
      throw new Error(`the server ${id} is not active but ${server.status}`);
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, Outputs> = {
  // If the response gets lost, there is a server that nobody knows; look for it before you run this again. (For
  // keys, pulumi-wayscloud does that itself.)
  async create(inputs) {
    const response = await call(inputs, "POST", "", {
      hostname: inputs.hostname,
      plan_code: inputs.planCode,
      region: inputs.region,
      os_template: inputs.osTemplate,
      ssh_keys: inputs.sshKeys,
    });
    if (!response.ok) throw new Error("POST /v1/vps was answered 404: is the endpoint right?");
    const { id } = (await response.json()) as ApiServer;
    try {
      const { ipv4_address } = await untilActive(inputs, id);
      return { id, outs: { ...inputs, ipAddress: ipv4_address } };
    } catch (error) {
      // With an id the engine keeps the server in the state, so that `pulumi destroy` deletes it.
      const message = error instanceof Error ? error.message : String(error);
      const properties: Outputs = { ...inputs, ipAddress: null };
      throw Object.assign(new Error(message), { id, properties, reasons: [message] });
    }
  },

  async read(id, props) {
    const response = await call(props!, "GET", `/${id}`);
    // No id means that it is gone: the next `pulumi up` creates another.
    if (!response.ok) return {};
    const { ipv4_address } = (await response.json()) as ApiServer;
    return { id, props: { ...props!, ipAddress: ipv4_address } };
  },

  // A rotated key or another endpoint does not make another server: the update below only stores them, for the next delete.
  async diff(_id, olds, news) {
    const same = (name: keyof Inputs) => JSON.stringify(olds[name]) === JSON.stringify(news[name]);
    const names: (keyof Inputs)[] = ["hostname", "planCode", "region", "osTemplate", "sshKeys"];
    const replaces = names.filter((name) => !same(name));
    return { changes: replaces.length > 0 || !same("apiKey") || !same("endpoint"), replaces };
  },

  async update(id, _olds, news) {
    // Also the next chance for a server that was not active when its creation ended.
    const { ipv4_address } = await untilActive(news, id);
    return { outs: { ...news, ipAddress: ipv4_address } };
  },

  async delete(id, props) {
    await call(props, "DELETE", `/${id}`); // 404: it is gone already
  },
};

export class Server extends pulumi.dynamic.Resource {
  declare public readonly ipAddress: pulumi.Output<string>;

  constructor(name: string, args: ServerArgs, opts?: pulumi.CustomResourceOptions) {
    // The state needs the key to delete the server, so it has to be encrypted there wherever it came from.
    const props = { ...args, apiKey: pulumi.secret(args.apiKey), ipAddress: undefined };
    const options = pulumi.mergeOptions(opts, { additionalSecretOutputs: ["apiKey"] });
    super(provider, name, props, options, "example", "Server");
  }
}
