// The limiter: never more than 16 in flight, one pause for all.
import { RateLimiter, MAX_IN_FLIGHT } from "../../src/api/rate-limiter";
import { send } from "../../src/api/send";
import { Operation } from "../../src/api/timing";
import { rateLimit } from "../../src/emulator/service";
import { CREDENTIAL, SOURCE } from "../support/api";
import { FakeTiming, inVirtualTime, StandingTiming, turn } from "../support/fake-timing";

describe("the limiter", () => {
  test("lets 16 requests in flight, not more and not fewer", async () => {
    const limiter = new RateLimiter(new FakeTiming());
    const ends: (() => void)[] = [];
    const all = Array.from({ length: 40 }, () =>
      limiter.run(() => new Promise<void>((resolve) => ends.push(resolve))),
    );
    await turn();
    expect(MAX_IN_FLIGHT).toBe(16);
    expect(ends).toHaveLength(16);
    ends[0]!();
    await turn();
    expect(ends).toHaveLength(17);
    while (ends.length < 40) {
      ends.forEach((end) => end());
      await turn();
    }
    ends.forEach((end) => end());
    await Promise.all(all);
  });

  test("gives a slot back however the work ends", async () => {
    const limiter = new RateLimiter(new FakeTiming());
    const works = Array.from({ length: 40 }, () => limiter.run(() => Promise.reject(new Error("thrown"))));
    const results = await Promise.allSettled(works);
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(await limiter.run(async () => 1)).toBe(1);
  });

  test("a pause holds whoever has not started, and a longer one prolongs it, a shorter one does not cut it", async () => {
    const timing = new StandingTiming();
    const limiter = new RateLimiter(timing);
    let started = 0;
    limiter.throttle(2_000, 0);
    const all = [1, 2, 3].map(() => limiter.run(async () => (started += 1)));
    await turn();
    limiter.throttle(5_000, 1);
    limiter.throttle(100, 2);
    await timing.advance(2_000);
    expect(started).toBe(0);
    await timing.advance(2_999);
    expect(started).toBe(0);
    await timing.advance(1);
    expect(started).toBe(1);
    await inVirtualTime(timing, Promise.all(all));
    expect(started).toBe(3);
  });

  test("without a 429 nobody sleeps", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let i = 0; i < 100; i += 1) await limiter.run(async () => limiter.recordAccepted());
    expect(timing.waits).toEqual([]);
  });

  /** When each of so many requests starts, on this limiter. */
  const starts = async (limiter: RateLimiter, timing: FakeTiming, count: number): Promise<number[]> => {
    const seen: number[] = [];
    for (let i = 0; i < count; i += 1) await limiter.run(async () => seen.push(timing.elapsed));
    return seen;
  };

  test("after a burst of ten and a pause of 2 s, the next go out five a second, and each quiet 10 s quicken them", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let i = 0; i < 10; i += 1) limiter.recordAccepted();
    limiter.throttle(2_000, 0);
    expect(await starts(limiter, timing, 3)).toEqual([2_000, 2_200, 2_400]);
    timing.elapsed += 11_000;
    const [fourth, fifth] = await starts(limiter, timing, 2);
    expect(fifth! - fourth!).toBeCloseTo(200 / 1.25, 6);
  });

  test("a 429 right at the start sets a pace as well: one request for each pause", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    limiter.throttle(500, 0);
    expect(await starts(limiter, timing, 3)).toEqual([500, 1_000, 1_500]);
  });

  test("requests refused together slow the pace once, not once each, however late their answers come", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let i = 0; i < 10; i += 1) limiter.recordAccepted();
    for (let i = 0; i < 16; i += 1) {
      limiter.throttle(1_000, 0);
      timing.elapsed += 100;
    }
    const [first, second] = await starts(limiter, timing, 2);
    expect(first).toBe(2_500);
    expect(second! - first!).toBeCloseTo(100, 6);
  });

  test("the pace never gets slower than one request in four seconds", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let wave = 0; wave < 50; wave += 1) limiter.throttle(1_000, wave);
    const [first, second] = await starts(limiter, timing, 2);
    expect(second! - first!).toBe(4_000);
  });

  test("requests of operations that have begun go first", async () => {
    const timing = new StandingTiming();
    const limiter = new RateLimiter(timing);
    limiter.throttle(1_000, 0);
    const order: string[] = [];
    const enter = (name: string, hasBegun: boolean) => limiter.run(async () => order.push(name), hasBegun);
    const all = [enter("a", false), enter("b", false), enter("c", true), enter("d", true)];
    await inVirtualTime(timing, Promise.all(all));
    expect(order).toEqual(["c", "d", "a", "b"]);
  });
});

/** So many POSTs at once against an API that bears so many a second, in virtual time. */
async function posts(count: number, perSecond: number, latency: number) {
  const timing = new StandingTiming();
  const bucket = rateLimit(perSecond, () => timing.now());
  const statuses: number[] = [];
  const lines: string[] = [];
  const sender = {
    connection: { endpoint: "https://h.invalid", apiKey: CREDENTIAL, apiKeySource: SOURCE },
    ...{ timing, limiter: new RateLimiter(timing), log: (line: string) => lines.push(line) },
    transport: async () => {
      const status = bucket() ? 201 : 429;
      statuses.push(status);
      await timing.sleep(latency);
      return { response: { status, headers: status === 429 ? { "retry-after": "1" } : {}, text: "{}" } };
    },
  };
  const post = (_: unknown, i: number) =>
    send(sender, { method: "POST", path: "/", operation: new Operation(timing, `Creating ${i}`) });
  const results = await inVirtualTime(timing, Promise.allSettled(Array.from({ length: count }, post)));
  const refused = statuses.filter((status) => status === 429).length;
  const failed = results.filter(({ status }) => status === "rejected");
  return { failed, refused, lines, ms: timing.elapsed };
}

describe("many requests at once", () => {
  const RATES = [20, 10, 3, 2, 1, 0.5].flatMap((rate) =>
    [20, 1_500].map((latency) => [rate, latency] as const),
  );
  test.each(RATES)("all succeed at %d a second and %d ms each, at a good pace", async (rate, latency) => {
    const { failed, refused, ms } = await posts(40, rate, latency);
    expect(failed).toEqual([]);
    expect(ms).toBeLessThan((40 / rate) * 1_500 + 1_000 + 2 * latency);
    expect(refused).toBeLessThan(45);
  });

  test("300 at one in two seconds take more than ten minutes, and none runs out of time", async () => {
    const { failed, ms } = await posts(300, 0.5, 20);
    expect(failed).toEqual([]);
    expect(ms).toBeLessThan(300 * 3_000);
  });

  test("a line says how many wait and for how long, once a pause", async () => {
    const { lines } = await posts(40, 1, 20);
    const wait = "rate limited (429), retrying in 1 s;";
    expect(lines).toEqual([
      `Creating 1: ${wait} 24 other requests wait as well, for up to 25 s.`,
      expect.stringMatching(/^Creating \d+: rate limited \(429\), retrying in 1 s; \d+ other requests wait/),
    ]);
  });
});
