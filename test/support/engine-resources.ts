// The types of resources as the engine's protocol reaches them: an outcome that is not finished is a partial failure, which the engine keeps.
import { resourceTypes as all } from "../../src/hosts/resource-type";
import type { EncodedOutcome, EncodedState, ResourceType as Served } from "../../src/hosts/resource-type";
import type { Run } from "../../src/lifecycle/run";

export type { EncodedState };
export { NEVER_DUE } from "../../src/hosts/resource-type";
export type { ResourceName } from "../../src/hosts/resource-type";
import type { Properties } from "../../src/values";

export interface Resource extends Omit<Served, "create" | "update"> {
  create(inputs: Properties, run: Run): Promise<EncodedState>;
  /** Returns all outputs. */
  update(id: string, olds: Properties, news: Properties, run: Run): Promise<Properties>;
}

export class PartialFailure extends Error {
  override readonly name = "PartialFailure";
  constructor(
    readonly id: string,
    readonly properties: Properties,
    message: string,
  ) {
    super(message);
  }
}

function finished({ unfinished, ...state }: EncodedOutcome): EncodedState {
  if (unfinished !== undefined) throw new PartialFailure(state.id, state.outputs, unfinished);
  return state;
}

function asEngine(resource: Served): Resource {
  return {
    ...resource,
    create: async (inputs, run) => finished(await resource.create(inputs, run)),
    update: async (id, olds, news, run) => finished(await resource.update(id, olds, news, run)).outputs,
  };
}

export const resources = {
  SshKey: asEngine(all.SshKey),
  SshKeySet: asEngine(all.SshKeySet),
  ServiceKey: asEngine(all.ServiceKey),
  PersonalAccessToken: asEngine(all.PersonalAccessToken),
  RotatingServiceKey: asEngine(all.RotatingServiceKey),
  RotatingPersonalAccessToken: asEngine(all.RotatingPersonalAccessToken),
};
export const {
  SshKey,
  SshKeySet,
  ServiceKey,
  PersonalAccessToken,
  RotatingServiceKey,
  RotatingPersonalAccessToken,
} = resources;
