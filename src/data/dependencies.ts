// Waits for the resources that a data function depends on. Only this file relies on internals of the SDK.
import * as pulumi from "@pulumi/pulumi";

import { moment } from "../queries/shared-list";

/** Members that the SDK's own functions use, but its public types lack. */
interface OutputInternals<T> {
  promise(): Promise<T>;
  isKnown: Promise<boolean>;
  allResources(): Promise<Set<pulumi.Resource>>;
}

interface ResourceInternals {
  __childResources?: Set<pulumi.Resource>;
}

/** The value of an output, `undefined` while unknown. */
export async function knownValue<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  const internals = output as unknown as OutputInternals<T>;
  return (await internals.isKnown) ? internals.promise() : undefined;
}

/** The time at which each resource was first seen to be ready. */
const readySince = new WeakMap<pulumi.Resource, number>();

/**
 * The moment from which a list shows all resources that `args` come from, and those of `dependsOn` with their
 * children; 0 if there are none. Unknown while one of them is not created yet, even if the argument itself is
 * already known.
 */
export function readyMoment(
  args: pulumi.Output<unknown>,
  dependsOn: pulumi.Input<pulumi.Input<pulumi.Resource>[]> | pulumi.Input<pulumi.Resource> | undefined,
): pulumi.Output<number> {
  const explicit = pulumi.output(dependsOn ?? []) as pulumi.Output<unknown>;
  const ready = explicit.apply(async (named) => {
    const internals = args as unknown as OutputInternals<unknown>;
    const resources = withChildren([...(await internals.allResources()), ...[named].flat()]);
    return pulumi.all(resources.map(creation)).apply(() => momentOf(resources));
  });
  return pulumi.output(ready);
}

function momentOf(resources: readonly pulumi.Resource[]): number {
  // A preview changes nothing, so any list will do.
  if (pulumi.runtime.isDryRun()) return 0;
  for (const resource of resources) readySince.set(resource, readySince.get(resource) ?? moment());
  return Math.max(0, ...resources.map((resource) => readySince.get(resource) ?? 0));
}

function withChildren(roots: readonly unknown[]): pulumi.Resource[] {
  const found = new Set<pulumi.Resource>();
  const visit = (resource: unknown): void => {
    if (!pulumi.Resource.isInstance(resource) || found.has(resource)) return;
    found.add(resource);
    if (!pulumi.ComponentResource.isInstance(resource)) return;
    for (const child of (resource as ResourceInternals).__childResources ?? []) visit(child);
  };
  for (const root of roots) visit(root);
  return [...found];
}

/** Known once the resource is created. A resource that the SDK rebuilt from a reference has no id. */
function creation(resource: pulumi.Resource): pulumi.Output<string> {
  if (!pulumi.CustomResource.isInstance(resource)) return resource.urn;
  const { id } = resource as { id?: pulumi.Output<string> };
  return id ?? resource.urn;
}
