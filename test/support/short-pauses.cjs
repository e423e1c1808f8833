// Loaded for its effect: the pauses between looks and attempts last a twentieth, in tests that are not about
// them.
const { setTimeout } = globalThis;
const isPause = (ms) => ms >= 100 && ms <= 10_000;
globalThis.setTimeout = Object.assign(
  (work, ms, ...args) => setTimeout(work, isPause(ms) ? ms / 20 : ms, ...args),
  setTimeout,
);
