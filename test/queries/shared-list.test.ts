// One response for many callers, and never one that is older than what a caller needs to see.
import { moment, SharedList } from "../../src/queries/shared-list";
import { turn } from "../support/fake-timing";

/** A list whose requests are answered by the test, each with its number. */
function scripted(): { list: SharedList<number>; requests: { answer: () => void; fail: () => void }[] } {
  const requests: { answer: () => void; fail: () => void }[] = [];
  const ask = (resolve: (number: number) => void, reject: (error: Error) => void): void => {
    const number = requests.length + 1;
    requests.push({ answer: () => resolve(number), fail: () => reject(new Error(`failed ${number}`)) });
  };
  const list = new SharedList<number>(() => new Promise(ask));
  return { list, requests };
}

test("callers without dependencies share one request, however late they come", async () => {
  const { list, requests } = scripted();
  const both = Promise.all([list.since(0), list.since(0)]);
  await turn();
  requests[0]!.answer();
  expect(await both).toEqual([1, 1]);
  expect(await list.since(0)).toBe(1);
  expect(requests).toHaveLength(1);
});

test("a caller whose resource was ready only after the request gets a later one, and shares it", async () => {
  const { list, requests } = scripted();
  const early = list.since(0);
  await turn();
  const [a, b] = [moment(), moment()];
  const late = Promise.all([list.since(a), list.since(b)]);
  await turn();
  // One at a time: who comes meanwhile joins.
  expect(requests).toHaveLength(1);
  requests[0]!.answer();
  await turn();
  requests[1]!.answer();
  expect(await early).toBe(1);
  expect(await late).toEqual([2, 2]);
  expect([await list.since(a), await list.since(0), requests.length]).toEqual([2, 2, 2]);
});

test("a failure reaches those who waited for it, and is not remembered", async () => {
  const { list, requests } = scripted();
  const first = list.since(0);
  await turn();
  const waiting = list.since(moment());
  requests[0]!.fail();
  await expect(first).rejects.toThrow("failed 1");
  await turn();
  requests[1]!.fail();
  await expect(waiting).rejects.toThrow("failed 2");
  const next = list.since(0);
  await turn();
  requests[2]!.answer();
  expect(await next).toBe(3);
});
