// What the schema says that the classes do not: descriptions for every language where a comment speaks of TypeScript, examples in YAML, and how to import.

/** Instead of the comments on these fields and types, by name. */
export const DESCRIPTIONS = {
  Provider:
    "An explicit provider, for an account other than that of the stack configuration. Pass it as the `provider` option of resources and functions.",
  existing:
    "Manage this key, which was created elsewhere, instead of creating one; after `pulumi import` it supplies the secret. The id, kind, active state and prefix are " +
    "verified against the account; if they do not match, `pulumi up` fails and nothing is changed. Afterwards the key is managed like any other, **including " +
    "revocation on destroy**, and you can remove this input. Default: none: a new key is created.",
};

/** The same for the provider's configuration, which SDKs, stack configuration and registry pages share. */
export const CONFIGURATION = {
  patToken:
    "The credential: a personal access token, always kept secret. Default: the environment variables, then `token` in `~/.wayscloud/credentials`.",
  apiKey: "The credential by its other name. Set `patToken` or this, not both. Always kept secret.",
  endpoint:
    "Base URL of the API: `https:`, or `http:` to this machine. Default: the environment variables, then `https://api.wayscloud.services`.",
  customerId:
    "The expected account, a UUID: when the credential belongs to another one, everything is rejected and nothing is changed. Default: the environment variable; without it any account is accepted.",
};

/** Which variables a setting comes from where nothing else names it. A test compares them with those that are read. */
export const ENVIRONMENT = {
  patToken: ["WAYSCLOUD_PAT_TOKEN", "WAYSCLOUD_TOKEN", "WAYSCLOUD_API_KEY"],
  endpoint: ["WAYSCLOUD_ENDPOINT", "WAYSCLOUD_API_URL"],
  customerId: ["WAYSCLOUD_CUSTOMER_ID"],
};

const byId = (type, name) =>
  `By its id, as the account's key list shows it. The API does not show the key again; supply it by \`existing\`.\n\n${command(type, name, "7462a270-44f9-48bf-a0a5-20977c754217")}`;

function command(type, name, id) {
  return `\`\`\`sh\n$ pulumi import wayscloud-account:index:${type} ${name} ${id}\n\`\`\``;
}

const ROTATING =
  "Not supported: a rotating key creates and rotates keys of its own. Let it create its first key, and revoke the old one when nothing uses it any more.";

/** For each resource a program in YAML, and how to import. */
export const GUIDES = {
  SshKey: {
    yaml: `
resources:
  deploy:
    type: wayscloud-account:SshKey
    properties:
      publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl deploy@example
outputs:
  fingerprint: \${deploy.fingerprint}`,
    import: `By the public key, which the API does not show; the id works as well, but then the program has to add \`publicKey\`.\n\n${command("SshKey", "deploy", '"$(cat deploy.pub)"')}`,
  },
  SshKeySet: {
    yaml: `
resources:
  team:
    type: wayscloud-account:SshKeySet
    properties:
      publicKeys:
        anna: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAIHGKylVaqmN2mtZiyf+ymE0V2gS7Qos8j8/2R21GDL anna@example
        bjarne: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINbgLlZoFm4MPqKtHH+jRww9kU+Q7RiIccWfOhk0CuaV bjarne@example
outputs:
  annasFingerprint: \${team.keys.anna.fingerprint}`,
    import:
      "Not supported: the account does not show which keys belong together. Declare the set with `adoptExisting: true`, and it adopts the keys that the account has.",
  },
  ServiceKey: {
    yaml: `
resources:
  database:
    type: wayscloud-account:ServiceKey
    properties:
      service: database
outputs:
  databaseKey: \${database.key} # a secret`,
    import: byId("ServiceKey", "database"),
  },
  PersonalAccessToken: {
    yaml: `
resources:
  ci:
    type: wayscloud-account:PersonalAccessToken
    properties:
      scopes: [ssh_keys:read, services:read]
      expiresInDays: 90
      rotateBeforeDays: 14
outputs:
  ciToken: \${ci.key} # a secret`,
    import: byId("PersonalAccessToken", "ci"),
  },
  RotatingServiceKey: {
    yaml: `
resources:
  storage:
    type: wayscloud-account:RotatingServiceKey
    properties:
      service: storage
      rotateEveryDays: 30
      overlapDays: 7
outputs:
  storageKey: \${storage.key} # a secret`,
    import: ROTATING,
  },
  RotatingPersonalAccessToken: {
    yaml: `
resources:
  robot:
    type: wayscloud-account:RotatingPersonalAccessToken
    properties:
      scopes: [api_keys:write, ssh_keys:write]
      rotateEveryDays: 30
      overlapDays: 7
      expiresInDays: 60
outputs:
  robotToken: \${robot.key} # a secret`,
    import: ROTATING,
  },
};
