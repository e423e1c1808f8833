// The engine's calls about a resource: check, diff, create, read, update, delete.
import * as messages from "@pulumi/pulumi/proto/provider_pb";

import { classes } from "../../fields/classes";
import { secretsAmong } from "../../fields/field";
import { isTemplate } from "../../text/auto-name";
import { scopeWarnings } from "../../text/scopes";
import { LOST, unsafeEntryMessage } from "../../text/unsafe-entry";
import { UNKNOWN, without } from "../../values";
import type { Properties, CheckFailure } from "../../values";
import type { EncodedState } from "../resource-type";
import type { PluginAccount } from "./configuration";
import { withoutSecrets } from "./current-call";
import { diffResponse } from "./detailed-diff";
import { log } from "./engine-log";
import { orUnfinished } from "./failure";
import { IMPORTED, withDefaults, withImported, withSeededMark } from "./generated-names";
import { completed, holderOf, lookUp, withHolder, withoutHolder } from "./import";
import { Empty } from "./sdk";
import type { Struct } from "./sdk";
import { resourceOf } from "./urn";
import type { PluginResource } from "./urn";
import { decode, encode, present, propertyWithLost } from "./values";

export class ResourceCalls {
  /**
   * Resources that this process has imported, with their ids. If the option `import` changes to another
   * spelling of the same key, the engine imports it once more, and then deletes the "original", which is the
   * same key.
   */
  private readonly lookedUp = new Set<string>();

  /** Each Configure sets another account. */
  constructor(private readonly account: () => PluginAccount) {}

  check(request: messages.CheckRequest): messages.CheckResponse {
    const resource = resourceOf(request.getUrn());
    const olds = decode(request.getOlds()).properties;
    const { properties, secrets } = decode(request.getNews());
    // At an import the engine passes the imported values as the program's own.
    const news = withDefaults(resource, olds, without(present(properties), IMPORTED));
    const { inputs, failures } = resource.type.check(olds, news, this.account().run.holders);
    // For a creation, report a missing credential in the preview rather than halfway through `up`.
    const wrong = Object.keys(olds).length === 0 ? this.account().configurationError() : undefined;
    const lost = propertyWithLost(request.getNews());
    for (const reason of [wrong, lost && unsafeEntryMessage(lost, LOST)])
      if (reason !== undefined) failures.push({ property: "", reason });
    for (const warning of scopeWarnings(news.scopes)) log(warning);
    const checked = withSeededMark(news, olds, inputs, request.getRandomseed_asU8());
    const marked = [...secrets, ...secretsAmong(classes[resource.className].inputs)];
    return new messages.CheckResponse()
      .setInputs(encode(withImported(olds, checked), marked))
      .setFailuresList(failures.map((failure) => checkFailure(failure, secrets)));
  }

  diff(request: messages.DiffRequest): messages.DiffResponse {
    const resource = resourceOf(request.getUrn());
    const id = request.getId();
    const news = decode(request.getNews()).properties;
    const olds = stateOf(resource, decode(request.getOlds()).properties, news);
    const diff = resource.type.diff(id, olds, news, Date.now(), this.account().run.holders);
    // From here on, a deletion belongs to a replacement.
    if (diff.replaces.length > 0) {
      this.lookedUp.delete(`${request.getUrn()} ${id}`);
      if (diff.ahead !== undefined) log(diff.ahead, "info");
    }
    const oldInputs = present(decode(request.getOldInputs()).properties);
    return diffResponse(diff, oldInputs, news);
  }

  async create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const resource = resourceOf(request.getUrn());
    const { properties: inputs, secrets } = decode(request.getProperties());
    const response = new messages.CreateResponse();
    if (request.getPreview())
      return response.setProperties(outgoing(resource, previewOfCreate(resource, inputs), secrets));
    const outcome = await resource.type.create(inputs, this.account().run, holderOf(resource));
    const outputs = outgoing(resource, outcome.outputs, secrets);
    return response.setId(outcome.id).setProperties(orUnfinished(outcome, outputs, request.getProperties()));
  }

  async read(request: messages.ReadRequest): Promise<messages.ReadResponse> {
    const resource = resourceOf(request.getUrn());
    const { run } = this.account();
    const { properties, secrets: marked } = decode(request.getProperties());
    const declared = decode(request.getInputs());
    const secrets = [...marked, ...declared.secrets];
    const state = completed(resource, present(properties), declared.properties);
    // The result of a `get`, which lacks the key itself, holds nothing.
    const isHeld = state.key !== undefined || state.publicKey !== undefined;
    // A `get` and an import have no inputs. Their state may be incomplete, and the account knows better.
    const isLookUp = Object.keys(declared.properties).length === 0;
    const found: (EncodedState & { inputs?: Properties }) | undefined = isLookUp
      ? await lookUp(resource, request.getId(), run)
      : await resource.type.read(request.getId(), isHeld ? withHolder(resource, state) : state, run);
    const response = new messages.ReadResponse();
    // Gone is an answer without an id.
    if (!found) return response;
    const imported = `${request.getUrn()} ${found.id}`;
    if (isLookUp) this.lookedUp.add(imported);
    // A refresh: the state now has what was imported before.
    else this.lookedUp.delete(imported);
    return response
      .setId(found.id)
      .setProperties(outgoing(resource, withoutHolder(resource, found.outputs), secrets))
      .setInputs(found.inputs ? encode(found.inputs, secrets) : request.getInputs());
  }

  async update(request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
    const resource = resourceOf(request.getUrn());
    const id = request.getId();
    const { properties: news, secrets } = decode(request.getNews());
    const before = decode(request.getOlds());
    const olds = stateOf(resource, before.properties, news);
    const response = new messages.UpdateResponse();
    if (request.getPreview()) {
      const { outputs = {}, ahead } = resource.type.diff(id, olds, news, Date.now());
      if (ahead !== undefined) log(ahead, "info");
      return response.setProperties(outgoing(resource, previewOfUpdate(resource, olds, outputs), secrets));
    }
    const outcome = await resource.type.update(id, olds, news, this.account().run, holderOf(resource));
    // A failed update may leave the old key.
    const marked = outcome.unfinished === undefined ? secrets : [...before.secrets, ...secrets];
    const outputs = outgoing(resource, withoutHolder(resource, outcome.outputs), marked);
    return response.setProperties(orUnfinished(outcome, outputs, request.getNews()));
  }

  async delete(request: messages.DeleteRequest): Promise<InstanceType<typeof Empty>> {
    const resource = resourceOf(request.getUrn());
    if (this.lookedUp.has(`${request.getUrn()} ${request.getId()}`)) {
      log(
        `Keeping the ${resource.className} ${request.getId()}: the option \`import\` has imported it again. Remove that option from the program.`,
      );
      return new Empty();
    }
    const olds = stateOf(resource, decode(request.getProperties()).properties, {});
    await resource.type.delete(request.getId(), olds, this.account().run);
    return new Empty();
  }
}

/** The state of a resource that the program declares, or no longer declares. */
function stateOf(resource: PluginResource, state: Properties, inputs: Properties): Properties {
  return withHolder(resource, completed(resource, present(state), inputs));
}

/** `secrets`: inputs and outputs that are secret, and with them the outputs that repeat them. */
function outgoing(resource: PluginResource, outputs: Properties, secrets: Iterable<string>): Struct {
  const all = { ...eachOutput(resource, () => null), ...present(outputs) };
  const marked = [...secrets, ...secretsAmong(classes[resource.className].outputs)];
  const repeated = marked.flatMap((name) => resource.type.repeats[name] ?? []);
  return encode(all, [...marked, ...repeated]);
}

/** The engine prints the value of a failure's property. */
function checkFailure({ property, reason }: CheckFailure, secrets: Set<string>): messages.CheckFailure {
  const shown = secrets.has(property) ? "" : property;
  return new messages.CheckFailure().setProperty(shown).setReason(withoutSecrets(reason));
}

/** The outputs of a preview: known if they follow from the inputs or do not change, otherwise unknown. */
function previewOfCreate(resource: PluginResource, inputs: Properties): Properties {
  return eachOutput(resource, (name) => {
    const value = inputs[name];
    // A template is a name that only the account will show.
    const isOpen = value === undefined || isTemplate(value, name === "name" ? "name" : "description");
    return isOpen ? UNKNOWN : value;
  });
}

/** `changed`: the outputs that the update changes, from the diff. */
function previewOfUpdate(resource: PluginResource, olds: Properties, changed: Properties): Properties {
  return eachOutput(resource, (name) => (name in changed ? changed[name] : (olds[name] ?? null)));
}

function eachOutput({ className }: PluginResource, valueOf: (name: string) => unknown): Properties {
  return Object.fromEntries(Object.keys(classes[className].outputs).map((name) => [name, valueOf(name)]));
}
