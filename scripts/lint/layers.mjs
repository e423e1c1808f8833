// An eslint rule for the layers of src/: each folder imports only from the folders below it. A new folder has to say here what it may use.
import { dirname, join, relative, sep } from "node:path";

const everywhere = ["values", "errors", "version"];
const packages = { pulumi: /^@pulumi\/|^@grpc\/|^google-protobuf/, http: /^(axios|node:https?)$/ };

/** What a folder, or a file directly in src/, may import besides itself; `packages` names what it may not. */
const LAYERS = {
  values: { uses: [], not: ["pulumi", "http"] },
  errors: { uses: [] },
  "package-file": { uses: [] },
  version: { uses: ["package-file"] },
  "supported-node": { uses: [] },
  text: { uses: everywhere, not: ["pulumi", "http"] },
  fields: { uses: [...everywhere, "text"], not: ["pulumi", "http"] },
  api: { uses: [...everywhere, "text"], not: ["pulumi"] },
  queries: { uses: [...everywhere, "text", "api"], not: ["pulumi", "http"] },
  settings: { uses: ["text"], not: ["pulumi", "http"] },
  config: { uses: [...everywhere, "text", "api", "settings"], not: ["pulumi", "http"] },
  judge: { uses: [...everywhere, "text", "api"], not: ["pulumi", "http"] },
  lifecycle: { uses: [...everywhere, "text", "fields", "api", "judge", "config"], not: ["pulumi", "http"] },
  hosts: {
    uses: [
      ...everywhere,
      "package-file",
      "supported-node",
      "text",
      "fields",
      "api",
      "queries",
      "settings",
      "config",
      "lifecycle",
    ],
    not: ["http"],
  },
  audit: { uses: [...everywhere, "text", "fields", "api", "judge", "lifecycle"], not: ["pulumi", "http"] },
  "stack-config": { uses: [...everywhere, "text", "config", "settings"], not: ["http"] },
  provider: { uses: [...everywhere, "text", "config", "settings", "stack-config"], not: ["http"] },
  data: {
    uses: [
      ...everywhere,
      "text",
      "api",
      "queries",
      "settings",
      "config",
      "stack-config",
      "audit",
      "provider",
    ],
    not: ["http"],
  },
  resources: { uses: [...everywhere, "text", "fields", "stack-config", "provider"], not: ["http"] },
  // The same public API with another host, so it names the types of all of it.
  native: {
    uses: [
      ...everywhere,
      "text",
      "queries",
      "settings",
      "stack-config",
      "provider",
      "resources",
      "data",
      "index",
    ],
    not: ["http"],
  },
  index: { uses: [...everywhere, "provider", "stack-config", "data", "resources", "audit"], not: ["http"] },
  // Built from the vendor's API page alone: a misreading shared with the client would hide itself.
  emulator: { uses: [], not: ["pulumi"] },
  cli: {
    uses: [
      ...everywhere,
      "supported-node",
      "text",
      "api",
      "judge",
      "config",
      "lifecycle",
      "audit",
      "emulator",
    ],
    not: ["pulumi", "http"],
  },
};

/** The folders of the emulator and what all of them use, the lowest first; its other files may import everything. */
const ROOMS = ["check", "account", "http", "routes", "faults"];

function layerOf(path, level = 0) {
  return path.split(sep)[level].replace(/\.(d\.)?[cm]?[jt]s$/, "");
}

/** Why one module of the emulator must not import another. */
function whyNotUp(from, target) {
  const [room, other] = [layerOf(from, 1), layerOf(target, 1)];
  const [height, wanted] = [room, other].map((name) => ROOMS.indexOf(name) + 1 || Infinity);
  return wanted > height
    ? `src/emulator/${room} must not import src/emulator/${other}, only ${ROOMS.slice(0, height).join(", ")}`
    : undefined;
}

/** Why the module `from`, a path in src/, must not import `what`; undefined if it may. */
export function whyNot(from, what) {
  const layer = layerOf(from);
  const { uses, not = [] } = LAYERS[layer] ?? {};
  if (uses === undefined) {
    return `scripts/lint/layers.mjs does not say what src/${layer} may import`;
  }
  if (!what.startsWith(".")) {
    const name = not.find((each) => packages[each].test(what));
    return name && `src/${layer} must do without ${what}`;
  }
  const path = join(dirname(from), what);
  const target = layerOf(path);
  if (target === "emulator" && layer === target) {
    return whyNotUp(from, path);
  }
  return target === layer || uses.includes(target)
    ? undefined
    : `src/${layer} must not import src/${target}, only ${uses.join(", ") || "itself"}`;
}

export const layers = {
  create(context) {
    const from = relative(join(context.cwd, "src"), context.filename);
    const look = (node, source) => {
      const message = typeof source?.value === "string" ? whyNot(from, source.value) : undefined;
      if (message !== undefined) {
        context.report({ node, message });
      }
    };
    return {
      ImportDeclaration: (node) => look(node, node.source),
      ExportNamedDeclaration: (node) => look(node, node.source),
      ExportAllDeclaration: (node) => look(node, node.source),
      ImportExpression: (node) => look(node, node.source),
      TSImportType: (node) => look(node, node.source),
      TSExternalModuleReference: (node) => look(node, node.expression),
      CallExpression: (node) => node.callee.name === "require" && look(node, node.arguments[0]),
    };
  },
};
