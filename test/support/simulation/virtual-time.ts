/** Time that passes only from one planned event to the next: an hour costs nothing, and every run with the same plan is the same run. */
export interface VirtualTime {
  /** Milliseconds since the simulation began. */
  now(): number;
  /** Plans an event; events of the same moment come in the order in which they were planned. */
  after(delayMs: number, run: () => void): void;
  /** Lets events happen, each after all that the one before set off has come to rest, until that moment. */
  runUntil(end: number): Promise<void>;
}

interface Planned {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

export function virtualTime(): VirtualTime {
  const heap: Planned[] = [];
  let now = 0;
  let order = 0;
  return {
    now: () => now,
    after(delayMs, run) {
      order += 1;
      push(heap, { at: now + Math.max(0, delayMs), order, run });
    },
    async runUntil(end) {
      await atRest();
      for (let next = heap[0]; next !== undefined && next.at <= end; next = heap[0]) {
        pop(heap);
        now = next.at;
        next.run();
        await atRest();
      }
      now = end;
    },
  };
}

/** All promises that can settle without another event have settled: nothing here waits for the outside world. */
const atRest = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const isBefore = (a: Planned, b: Planned): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

function push(heap: Planned[], planned: Planned): void {
  let at = heap.length;
  heap.push(planned);
  for (let parent = (at - 1) >> 1; at > 0; at = parent, parent = (at - 1) >> 1) {
    const above = heap[parent];
    if (above === undefined || !isBefore(planned, above)) break;
    heap[at] = above;
    heap[parent] = planned;
  }
}

function pop(heap: Planned[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const [left, right] = [2 * at + 1, 2 * at + 2];
    let least = last;
    let next = at;
    for (const child of [left, right]) {
      const candidate = heap[child];
      if (candidate !== undefined && isBefore(candidate, least)) [least, next] = [candidate, child];
    }
    heap[at] = least;
    if (next === at) return;
    at = next;
  }
}
