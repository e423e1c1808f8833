// Waits: full jitter, Retry-After in all its spellings, and the budget of an operation.
import fc from "fast-check";
import { backoff, Operation, realTiming, retryAfter, serverTime, parseApiTime } from "../../src/api/timing";
import { rfc3339 } from "../../src/values";
import { FakeTiming } from "../support/fake-timing";

const NOW = Date.parse("2030-01-01T00:00:00Z");
const asked = (header: string, date?: string) =>
  retryAfter({ "retry-after": header, ...(date === undefined ? {} : { date }) }, NOW);

describe("backoff", () => {
  test("is a random share of a limit that doubles from 0.5 s to 8 s, and never a zero spin", () => {
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), random, (attempt, share) => {
        const limit = Math.min(8_000, 500 * 2 ** (attempt - 1));
        const wait = backoff(attempt, () => share);
        expect(wait).toBe(Math.max(50, share * limit));
        expect(wait).toBeGreaterThan(0);
        expect(wait).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe("Retry-After", () => {
  test.each([
    ["2", 2_000],
    ["0", 0],
    ["-1", 0],
    ["-1e999", 0],
    ["1.5", 1_500],
    ["1.25", 1_250],
    [" 3 ", 3_000],
    ["2030", 2_030_000],
    ["1e9", 1e12],
    ["1000000000", 1e12],
    ["1e999", Infinity],
  ])("%j asks for %d ms", (header, wait) => expect(asked(header)).toBe(wait));

  test.each([
    ...["", " ", "garbage", "soon", "NaN", "Infinity", "-Infinity", "0x10", "1,5", "2 seconds", "null"],
    ...["Mon", "Mon, ", "x, y"],
  ])("%j says nothing", (header) => expect(asked(header)).toBeUndefined());

  test("is absent: undefined", () => expect(retryAfter({}, NOW)).toBeUndefined());

  test("an HTTP date is measured against the answer's own Date, however wrong the local clock is", () => {
    const date = "Tue, 05 Mar 2024 10:00:00 GMT";
    expect(asked("Tue, 05 Mar 2024 10:00:07 GMT", date)).toBe(7_000);
    expect(asked("Tue, 05 Mar 2024 09:59:00 GMT", date)).toBe(0);
    expect(asked("perhaps Tue, 05 Mar 2024 10:00:07 GMT", date)).toBeUndefined();
  });

  test("an HTTP date far beyond any lifetime is a long wait, and not none", () => {
    expect(asked("Thu, 31 Dec 9998 23:59:59 GMT")).toBeGreaterThan(60_000);
  });

  test("an HTTP date without a Date beside it is measured against the local clock", () => {
    expect(asked("Tue, 01 Jan 2030 00:00:04 GMT")).toBe(4_000);
    expect(asked("Tue, 01 Jan 2030 00:00:04 GMT", "nonsense")).toBe(4_000);
  });

  test("whatever the headers say, the wait is undefined or a number of at least 0", () => {
    const header = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.bigInt().map(String),
      fc.date().map((date) => (Number.isNaN(date.getTime()) ? "x" : date.toUTCString())),
      fc.constantFrom("1e999", "-1e999", "1e9", "Mon, 99 Foo 2024", "Monday, 05-Mar-24 10:00:00 GMT"),
    );
    fc.assert(
      fc.property(header, fc.option(header, { nil: undefined }), (value, date) => {
        const wait = asked(value, date);
        expect(wait === undefined || wait >= 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("the server's clock", () => {
  test.each(["", "garbage", "-1", "0", "Tue Mar  5 10:00:00 2024"])("a `Date` of %j says nothing", (date) => {
    expect(serverTime({ date })).toBeUndefined();
    expect(serverTime({})).toBeUndefined();
  });

  test("is believed up to the year 9000, so that a lifetime can be added to it", () => {
    expect(serverTime({ date: "Wed, 01 Jan 9000 00:00:00 GMT" })).toBe(Date.UTC(9000, 0));
    expect(serverTime({ date: "Wed, 01 Jan 9000 00:00:01 GMT" })).toBeUndefined();
  });

  test("is the Date header", () => {
    expect(serverTime({ date: "Tue, 05 Mar 2024 10:00:00 GMT" })).toBe(Date.UTC(2024, 2, 5, 10));
  });
});

describe("a time of the API", () => {
  const noon = Date.UTC(2024, 2, 5, 12);

  test.each([
    ["2024-03-05T12:00:00Z", noon],
    ["2024-03-05T12:00:00.250z", noon + 250],
    ["2024-03-05t12:00:00.250999999Z", noon + 250],
    ["2024-03-05T12:00Z", noon],
    ["2024-03-05T14:00:00+02:00", noon],
    ["2024-03-05T08:30:00-0330", noon],
    ["2024-03-05 14:00:00+02", noon],
    ["2024-03-05 14:00:00.5 +02", noon + 500],
    ["2024-03-05T07:00:00-05", noon],
    ["2024-03-05 12:00:00 UTC", noon],
    ["2024-03-05 12:00:00", noon],
    ["2024-03-05T12:00:00.250", noon + 250],
    [" 2024-03-05T12:00:00\n", noon],
    ["Tue, 05 Mar 2024 12:00:00 GMT", noon],
    ["Tuesday, 05-Mar-24 12:00:00 GMT", noon],
    ["Tue, 05 Mar 2024 14:00:00 +0200", noon],
    ["1709640000", noon],
    [1709640000, noon],
    [1709640000.25, noon + 250],
    ["1709640000250", noon + 250],
    [1709640000250, noon + 250],
  ])("%j is read", (text, time) => {
    expect(parseApiTime(text)).toBe(time);
    expect(rfc3339(time)).toMatch(/^2024-03-05T12:00:00Z$/);
  });

  test.each([
    ...["yesterday", "2024-03-05", "2024-13-05T12:00:00Z", "2024-03-05T25:00:00Z", "2024-03-05T12:00:00 CET"],
    ...["2024-03-05T12:00:00+2", "20240305T120000Z", "20240305120000", "Tue Mar  5 12:00:00 2024"],
    ...["1", 0, NaN],
    // How databases and languages spell "never" and "not set".
    ...["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "infinity", "", undefined],
  ])("%j proves nothing", (text) => expect(parseApiTime(text)).toBeNaN());

  test("is read where the machine is not in UTC", () => {
    expect(new Date(noon).getTimezoneOffset()).not.toBe(0);
  });
});

describe("an operation", () => {
  test("starts its budget with the first request, and has 120 s by default", () => {
    const timing = new FakeTiming();
    const operation = new Operation(timing, "Reading");
    timing.elapsed = 1_000_000;
    expect(operation.remaining()).toBe(120_000);
    operation.begin();
    timing.elapsed += 20_000;
    operation.begin();
    expect(operation.remaining()).toBe(100_000);
    timing.elapsed += 500_000;
    expect(operation.remaining()).toBe(0);
  });

  test("the real limits are 30 s an attempt and 120 s an operation; chance is a share, and a sleep takes its time", async () => {
    expect(realTiming).toMatchObject({ attemptLimit: 30_000, operationLimit: 120_000 });
    expect(Math.abs(realTiming.now() - Date.now())).toBeLessThan(1_000);
    const draws = Array.from({ length: 20 }, () => realTiming.random());
    expect(draws.every((share) => share >= 0 && share < 1)).toBe(true);
    expect(new Set(draws).size).toBeGreaterThan(1);
    const started = realTiming.monotonic();
    await realTiming.sleep(30);
    expect(realTiming.monotonic() - started).toBeGreaterThan(25);
  });
});
