// Arm "closure": the usual way of a dynamic provider, as in Pulumi's guide. The methods are serialised into every resource's state.
const pulumi = require("@pulumi/pulumi");
const axios = require("axios");
const { keys } = require("./keys.cjs");

const call = (method, path, data) =>
  axios({
    method,
    url: process.env.WAYSCLOUD_ENDPOINT + path,
    data,
    headers: { "X-API-Key": process.env.WAYSCLOUD_API_KEY },
  });

const outputsOf = (key) => ({
  fingerprint: key.fingerprint,
  keyType: key.key_type,
  createdAt: key.created_at,
  vmCount: key.vm_count,
});

const provider = {
  async create(inputs) {
    const body = { name: inputs.name, public_key: inputs.publicKey };
    const { data } = await call("post", "/v1/account/ssh-keys", body);
    return { id: data.id, outs: { name: inputs.name, publicKey: inputs.publicKey, ...outputsOf(data) } };
  },
  async read(id, props) {
    const { data } = await call("get", "/v1/account/ssh-keys");
    const key = data.find((each) => each.id === id);
    return key ? { id, props: { ...props, ...outputsOf(key) } } : {};
  },
  async diff(id, olds, news) {
    const replaces = ["name", "publicKey"].filter((property) => olds[property] !== news[property]);
    return { changes: replaces.length > 0, replaces };
  },
  async delete(id) {
    await call("delete", `/v1/account/ssh-keys/${id}`);
  },
};

class SshKey extends pulumi.dynamic.Resource {
  constructor(name, args, opts) {
    const outputs = { fingerprint: undefined, keyType: undefined, createdAt: undefined, vmCount: undefined };
    super(provider, name, { ...outputs, ...args }, opts);
  }
}

for (const { name, publicKey } of keys(Number(process.env.BENCH_N))) {
  new SshKey(name, { name, publicKey });
}
