// The limiter: never more than 16 in flight, one pause for all.
import fc from "fast-check";

import { RateLimiter, MAX_IN_FLIGHT } from "../../src/api/rate-limiter";
import { FakeTiming, StandingTiming, turn } from "../support/fake-timing";

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

  test("never has more than 16 in flight and loses none, whatever each does and also when some throw", async () => {
    // How many turns each takes, and whether it throws.
    const work = fc.record({ turns: fc.integer({ min: 0, max: 3 }), throws: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(work, { maxLength: 60 }), async (works) => {
        const limiter = new RateLimiter(new FakeTiming());
        let inFlight = 0;
        let most = 0;
        const results = await Promise.allSettled(
          works.map(({ turns, throws }) =>
            limiter.run(async () => {
              inFlight += 1;
              most = Math.max(most, inFlight);
              for (let i = 0; i < turns; i += 1) await Promise.resolve();
              inFlight -= 1;
              if (throws) throw new Error("thrown");
              return "done";
            }),
          ),
        );
        expect(most).toBeLessThanOrEqual(16);
        expect(results.map(({ status }) => status === "rejected")).toEqual(works.map(({ throws }) => throws));
        // No place was lost on the way.
        const again = await Promise.all(Array.from({ length: 20 }, () => limiter.run(async () => 1)));
        expect(again).toHaveLength(20);
      }),
      { numRuns: 50 },
    );
  });

  test("a pause holds whoever has not started, and a longer one prolongs it, a shorter one does not cut it", async () => {
    const timing = new StandingTiming();
    const limiter = new RateLimiter(timing);
    let started = 0;
    limiter.throttle(2_000);
    const all = [1, 2, 3].map(() => limiter.run(async () => (started += 1)));
    await turn();
    limiter.throttle(5_000);
    limiter.throttle(100);
    await timing.advance(2_000);
    expect(started).toBe(0);
    await timing.advance(2_999);
    expect(started).toBe(0);
    await timing.advance(1);
    await Promise.all(all);
    expect(started).toBe(3);
  });

  test("without a 429 nobody sleeps", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let i = 0; i < 100; i += 1) await limiter.run(async () => limiter.recordAccepted());
    expect(timing.waits).toEqual([]);
  });

  test("after a 429 at ten requests a second the next go out a ninth of a second apart, and 10 calm seconds quicken them", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let i = 0; i < 10; i += 1) limiter.recordAccepted();
    limiter.throttle(2_000);
    const starts: number[] = [];
    const start = () => limiter.run(async () => starts.push(timing.elapsed));
    await start();
    await start();
    await start();
    expect(starts[0]).toBe(2_000);
    expect(starts[1]! - starts[0]!).toBeCloseTo(1_000 / 9, 6);
    expect(starts[2]! - starts[1]!).toBeCloseTo(1_000 / 9, 6);
    timing.elapsed += 11_000;
    await start();
    await start();
    expect(starts[4]! - starts[3]!).toBeCloseTo((1_000 / 9) * 0.8, 6);
  });

  test("a 429 right at the start tells no rate: a pause, and no pace", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    limiter.recordAccepted();
    limiter.throttle(500);
    await Promise.all(Array.from({ length: 10 }, () => limiter.run(async () => undefined)));
    expect(timing.elapsed).toBe(500);
  });

  test("requests refused together slow the pace once, not once each", async () => {
    const timing = new FakeTiming();
    const limiter = new RateLimiter(timing);
    for (let i = 0; i < 100; i += 1) limiter.recordAccepted();
    for (let i = 0; i < 16; i += 1) limiter.throttle(1_000);
    await limiter.run(async () => undefined);
    const first = timing.elapsed;
    await limiter.run(async () => undefined);
    expect(timing.elapsed - first).toBeCloseTo(1_000 / 90, 6);
  });
});
