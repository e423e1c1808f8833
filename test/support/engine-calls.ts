// The calls that the engine makes to the provider of one resource, for each of its commands: the protocol and nothing else.
import type { dynamic } from "@pulumi/pulumi";

export type Properties = Record<string, unknown>;

/** A resource as the engine holds it: without `__provider`, which it adds to inputs and outputs. */
export interface Held {
  provider: string;
  /** What the program passes; absent for what `get` looked up. */
  program?: Properties;
  inputs: Properties;
  id: string;
  outputs: Properties;
}

/** What the engine has in its state after a command; `undefined`: nothing. */
export interface End {
  does: string;
  state: { inputs: Properties; id: string; outputs: Properties } | undefined;
}

/** One command on one resource. */
export class Engine {
  private readonly __provider: string;
  private readonly inputs: Properties;
  private readonly outputs: Properties;

  constructor(
    private readonly held: Held,
    private readonly provider: dynamic.ResourceProvider,
  ) {
    this.__provider = held.provider;
    this.inputs = { ...held.inputs, __provider: this.__provider };
    this.outputs = { ...held.outputs, __provider: this.__provider };
  }

  async up(): Promise<End> {
    const { id, program } = this.held;
    if (program === undefined) return { does: "looked up", state: await this.read(this.inputs) };
    const news = await this.check(this.inputs, program);
    const { changes, replaces = [], deleteBeforeReplace } = await this.provider.diff!(id, this.outputs, news);
    if (changes !== true) return { does: "unchanged", state: { inputs: news, id, outputs: this.outputs } };
    if (replaces.length === 0) {
      const { outs } = await this.provider.update!(id, this.outputs, news);
      return { does: "updated", state: { inputs: news, id, outputs: this.complete(outs) } };
    }
    // The engine checks a resource that is to be replaced once more, without its old inputs.
    const fresh = await this.check({}, program);
    if (deleteBeforeReplace === true) await this.provider.delete!(id, this.outputs);
    const created = await this.provider.create(fresh);
    if (deleteBeforeReplace !== true) await this.provider.delete!(id, this.outputs);
    const order = deleteBeforeReplace === true ? "old" : "new";
    const state = { inputs: fresh, id: created.id, outputs: this.complete(created.outs) };
    return { does: `replaced, ${order} first: ${replaces.join(", ")}`, state };
  }

  async refresh(): Promise<End> {
    const state = await this.read(this.outputs);
    if (!state) return { does: "gone", state };
    // Of what was only looked up the engine compares outputs by itself.
    if (this.held.program === undefined) return { does: "looked up", state };
    const { changes } = await this.provider.diff!(state.id, state.outputs, this.inputs);
    return { does: changes === true ? "drifted" : "no drift", state };
  }

  async destroy(): Promise<End> {
    await this.provider.delete!(this.held.id, this.outputs);
    return { does: "destroyed", state: undefined };
  }

  private async read(properties: Properties): Promise<End["state"]> {
    const { id, props } = await this.provider.read!(this.held.id, properties);
    return id === undefined ? undefined : { inputs: this.inputs, id, outputs: this.complete(props) };
  }

  private async check(olds: Properties, program: Properties): Promise<Properties> {
    const news = { ...program, __provider: this.__provider };
    const { inputs, failures } = await this.provider.check!(olds, news);
    expect(failures).toEqual([]);
    return this.complete(inputs);
  }

  /** With what the SDK's process adds to everything it returns. */
  private complete(properties: Properties = {}): Properties {
    return { ...properties, __provider: this.__provider };
  }
}
