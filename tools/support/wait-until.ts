import { setTimeout as delay } from 'node:timers/promises';

/** How long to wait, and what to say in the error when it was in vain. */
interface Patience {
  readonly what: string;
  readonly timeoutMs: number;
  /** Added to the error: the log of the server that did not answer, say. */
  readonly detail?: () => string;
}

/** Asks again and again (every 20 ms at first, every 250 ms in the end) until the answer is yes; throws when time is up. */
export async function waitUntil(
  isSo: () => boolean | Promise<boolean>,
  { what, timeoutMs, detail }: Patience,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (let pauseMs = 20; ; pauseMs = Math.min(pauseMs * 1.5, 250)) {
    if (await isSo()) return;
    if (Date.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}${detail ? `\n${detail()}` : ''}`);
    await delay(pauseMs);
  }
}

/** Whether a URL answers at all, whatever it answers; false while nobody listens. */
export async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return true;
  } catch {
    return false; // refused or reset: the server is not up yet, or no longer
  }
}
