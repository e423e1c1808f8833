// What the program marks as secret: the plugin stores it as a secret wherever the state repeats it, and prints it nowhere.
import { emulator, failureOf, host, urnOf } from "../support/plugin-host";
import { secret } from "../support/provider-client";
import { publicKey } from "../support/public-key";

/** Every POST is carried out and its response lost, and from the nth list on there is none. */
function loseAll(nth = 1): void {
  emulator.faults.add(
    { method: "POST", reset: true, commit: true, times: "always" },
    { method: "GET", nth, status: 401, times: "always" },
  );
}

test("a set of SSH keys whose public keys are secret, in the state of a lost response and afterwards", async () => {
  const urn = urnOf("SshKeySet");
  loseAll();
  const { inputs } = await host.check(urn, {}, { publicKeys: { anna: secret(publicKey("a")) } });
  const { kept } = await failureOf(host.create(urn, inputs, { timeout: 2 }));
  expect(kept?.properties).toMatchObject({
    keys: secret({}),
    unresolved: secret({ anna: expect.objectContaining({ publicKey: publicKey("a") }) }),
  });
  emulator.faults.clear();
  const outputs = await host.update(urn, kept!.id, kept!.properties, inputs);
  expect(outputs).toEqual({ keys: secret({ anna: expect.objectContaining({ name: "db-anna" }) }) });
  // A state that was written before the mark.
  const read = await host.read(urn, kept!.id, { keys: outputs["keys"]!.value }, inputs);
  expect(read.outputs).toEqual(outputs);
});

test("a secret prefix of a set of SSH keys, which is in the names of its keys", async () => {
  const declared = { publicKeys: { anna: publicKey("a") }, namePrefix: secret("hidden-") };
  const { outputs } = await host.up(urnOf("SshKeySet"), declared);
  expect(outputs).toEqual({ keys: secret({ anna: expect.objectContaining({ name: "hidden-anna" }) }) });
});

const rotating = { service: "dns", rotateEveryDays: 30 };

test("a secret description of a rotating key, in the state of a lost rotation", async () => {
  const urn = urnOf("RotatingServiceKey");
  const state = await host.up(urn, { ...rotating, description: secret("first text") });
  loseAll(2);
  const { inputs } = await host.check(urn, state.inputs, { ...rotating, description: secret("second text") });
  const failure = await failureOf(host.update(urn, state.id, state.outputs, inputs));
  expect(failure.kept?.properties).toMatchObject({
    description: secret("first text"),
    lostDescription: secret(expect.stringMatching(/^second text #/)),
  });
  expect(JSON.stringify([failure.message, failure.kept?.reasons, host.warnings])).not.toMatch(/second text/);
  expect(failure.message).toContain("[redacted] #");
});

test("a description that was secret stays so in what a failed change leaves, although the new one is not", async () => {
  const urn = urnOf("RotatingServiceKey");
  const state = await host.up(urn, { ...rotating, description: secret("first text") });
  loseAll(2);
  const { inputs } = await host.check(urn, state.inputs, { ...rotating, description: "second text" });
  const { kept } = await failureOf(host.update(urn, state.id, state.outputs, inputs));
  expect(kept?.properties["description"]).toEqual(secret("first text"));
});

test.each([
  ["service", "payroll"],
  ["description", 73_314_682],
])("what is wrong with a secret %s is said without its value", async (name, value) => {
  const { failures } = await host.check(urnOf("ServiceKey"), {}, { service: "dns", [name]: secret(value) });
  expect(failures).toEqual([
    { property: "", reason: expect.stringMatching(`^\`${name}\` must be .*\\[redacted\\]`) },
  ]);
});

const report = "quarterly report of the mergers ".repeat(5);

test.each([
  ["that the API echoes, and a message cuts,", "hush0 hush1 hush2 hush3 hush4", 262],
  ["that the API echoes", Array.from({ length: 60 }, (_, at) => `hush${at}`).join(" "), 0],
  ["however long", report, 0],
])("no error shows a secret description %s", async (_, description, before) => {
  const urn = urnOf("ServiceKey");
  const { inputs } = await host.check(urn, {}, { service: "dns", description: secret(description) });
  const detail = `${"x".repeat(before)} description is too long: ${description}`;
  emulator.faults.add({ method: "POST", status: 422, body: JSON.stringify({ detail }) });
  const { message } = await failureOf(host.create(urn, inputs));
  expect(message).toContain("answered 422");
  expect(message).toContain("[redacted]");
  expect(message).not.toMatch(/hush\d+ hush\d|mergers/);
});
