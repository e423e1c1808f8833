// Two accounts in one program: each gets the deployment key and a DNS key of its own.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "pulumi-wayscloud";

const config = new pulumi.Config();
const publicKey = config.require("publicKey");

function setUp(account: string) {
  // A provider takes its credential from here only: staging can never fall back to the one of production.
  const provider = new wayscloud.Provider(account, {
    patToken: config.requireSecret(`${account}Token`),
    endpoint: config.get(`${account}Endpoint`), // omitted: wherever the API is
  });
  const sshKey = new wayscloud.SshKey(`${account}-deploy`, { publicKey, name: "deploy" }, { provider });
  const dns = new wayscloud.ServiceKey(`${account}-dns`, { service: "dns" }, { provider });
  return {
    customer: wayscloud.getProfileOutput({ provider }).customerId,
    fingerprint: sshKey.fingerprint,
    dnsKey: dns.key,
  };
}

export const production = setUp("production");
export const staging = setUp("staging");
