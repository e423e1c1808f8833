// Preloaded into a provider process whose local clock a test moves: the file CLOCK says by how many milliseconds it is ahead of the machine's, from one
// moment to the next. No row that is run with this clock is about the pauses between looks and attempts.
const { readFileSync } = require("node:fs");

const MachineDate = Date;
const now = () => MachineDate.now() + Number(readFileSync(process.env.CLOCK, "utf8"));
globalThis.Date = new Proxy(MachineDate, {
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  construct: (target, args, made) => Reflect.construct(target, args.length === 0 ? [now()] : args, made),
  apply: () => new MachineDate(now()).toString(),
});

require("./short-pauses.cjs");
