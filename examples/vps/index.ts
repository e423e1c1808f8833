// The server stack: it reads keys from the account stack and has no credential of its own.
import * as pulumi from "@pulumi/pulumi";

import { Server } from "./server";

const config = new pulumi.Config();
const account = new pulumi.StackReference(
  config.get("accountStack") ?? `organization/account/${pulumi.getStack()}`,
);

// requireOutput fails if there is none; getOutput would create servers that nobody can log in to.
const sshKeys = account.requireOutput("publicKeys") as pulumi.Output<string[]>;
const apiKey = account.requireOutput("vpsKey") as pulumi.Output<string>; // secret here too

const endpoint =
  new pulumi.Config("wayscloud").get("endpoint") ??
  process.env.WAYSCLOUD_ENDPOINT ??
  "https://api.wayscloud.services";

const servers = ["web-1", "web-2"].map(
  (name) =>
    new Server(
      name,
      {
        hostname: `${name}.example.com`,
        planCode: "NO-Start-Linux-2cpu-4096mb-30gb",
        region: "NO",
        osTemplate: "ubuntu-24.04",
        sshKeys,
        apiKey,
        endpoint,
      },
      // Keys are deployed when a server is created, so a change of the list would replace the server. People
      // come and go more often than that.
      { ignoreChanges: ["sshKeys"] },
    ),
);

export const addresses = servers.map((server) => server.ipAddress);
