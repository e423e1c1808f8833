// A server as a dynamic resource of the program's own: pulumi-wayscloud is about the account, not about servers.
import * as pulumi from "@pulumi/pulumi";

export interface ServerArgs {
  name: pulumi.Input<string>;
  plan: pulumi.Input<string>;
  region: pulumi.Input<string>;
  /** Texts of public keys. */
  sshKeys: pulumi.Input<string[]>;
  /** A service key for `vps`. */
  apiKey: pulumi.Input<string>;
  endpoint: pulumi.Input<string>;
}

type Inputs = pulumi.Unwrap<ServerArgs>;

// Pulumi stores the text of these functions in the state. They hold no value, least of all a secret: all they
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
    throw new Error(`${what} got no answer: ${error.cause?.code ?? error.message}`);
  });
  if (response.ok || response.status === 404) return response;
  // What a server says is shown to everybody who sees the log.
  const reason = (await response.text()).replaceAll(inputs.apiKey, "[secret]").slice(0, 500);
  throw new Error(`${what} was answered ${response.status}: ${reason}`);
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs & { ipAddress: string }> = {
  // If the answer gets lost, there is a server that nobody knows; look for it before you run this again. (For
  // keys, pulumi-wayscloud does that itself.)
  async create(inputs) {
    const { name, plan, region, sshKeys } = inputs;
    const response = await call(inputs, "POST", "", { name, plan, region, ssh_keys: sshKeys });
    if (!response.ok) throw new Error("POST /v1/vps was answered 404: is the endpoint right?");
    const { id, ip_address } = (await response.json()) as { id: string; ip_address: string };
    return { id, outs: { ...inputs, ipAddress: ip_address } };
  },

  async read(id, props) {
    const found = await call(props!, "GET", `/${id}`);
    // No id means: it is gone, make it anew at the next up.
    return found.ok ? { id, props } : {};
  },

  // A rotated key or another endpoint is no other server: the update below only stores them, for the next delete.
  async diff(_id, olds, news) {
    const same = (name: keyof Inputs) => JSON.stringify(olds[name]) === JSON.stringify(news[name]);
    const names: (keyof Inputs)[] = ["name", "plan", "region", "sshKeys"];
    const replaces = names.filter((name) => !same(name));
    return { changes: replaces.length > 0 || !same("apiKey") || !same("endpoint"), replaces };
  },

  async update(_id, olds, news) {
    return { outs: { ...news, ipAddress: olds.ipAddress } };
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
