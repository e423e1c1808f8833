// A key that is rotated every quarter, and the store from which the application reads it.
import * as pulumi from "@pulumi/pulumi";
import * as wayscloud from "pulumi-wayscloud";

import { FileSecret } from "./file-secret";

const config = new pulumi.Config();

const storage = new wayscloud.ServiceKey("storage", {
  service: "storage",
  rotationTriggers: { quarter: config.require("quarter") },
});

// Because it uses `key`, it comes between the creation of the new key and the revocation of the old one.
new FileSecret("storage", { path: config.require("secretFile"), value: storage.key });

export const keyPrefix = storage.keyPrefix;
