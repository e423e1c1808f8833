// Stands for whatever holds a key for an application: a Kubernetes Secret, a config store, a vault. It is a
// file here, so that the example runs anywhere.
import { randomUUID } from "node:crypto";
import { appendFile, chmod, readFile, rename, rm, writeFile } from "node:fs/promises";

import * as pulumi from "@pulumi/pulumi";

export interface FileSecretArgs {
  path: pulumi.Input<string>;
  value: pulumi.Input<string>;
}

type Inputs = pulumi.Unwrap<FileSecretArgs>;

/** As a store would: all or nothing, for its owner's eyes only, and with a log that does not tell the secret. */
async function store({ path, value }: Inputs): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  await writeFile(draft, value, { mode: 0o600 });
  await rename(draft, path);
  await appendFile(`${path}.log`, `${new Date().toISOString()} stored ${value.slice(0, 16)}…\n`);
  await chmod(`${path}.log`, 0o600);
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  async create(inputs) {
    await store(inputs);
    return { id: inputs.path, outs: inputs };
  },

  async read(id, props) {
    try {
      return { id, props: { ...props!, value: await readFile(id, "utf8") } };
    } catch (error) {
      if ((error as { code?: string }).code === "ENOENT") return {};
      throw error;
    }
  },

  async diff(_id, olds, news) {
    const replaces = olds.path === news.path ? [] : ["path"];
    return { changes: replaces.length > 0 || olds.value !== news.value, replaces };
  },

  // In place: a replacement would leave the application without a key for a moment.
  async update(_id, _olds, news) {
    await store(news);
    return { outs: news };
  },

  async delete(id) {
    await rm(id, { force: true });
  },
};

export class FileSecret extends pulumi.dynamic.Resource {
  constructor(name: string, args: FileSecretArgs, opts?: pulumi.CustomResourceOptions) {
    const props = { path: args.path, value: pulumi.secret(args.value) };
    const options = pulumi.mergeOptions(opts, { additionalSecretOutputs: ["value"] });
    super(provider, name, props, options, "example", "FileSecret");
  }
}
