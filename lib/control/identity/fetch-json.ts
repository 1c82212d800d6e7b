import { durationMs } from '../../base/brand.ts';
import type { Fetcher } from '../../ports/fetcher.ts';

/** Keys and answers of AWS are a few KB. */
const MAX_BYTES = 256 * 1024;
/** Whoever waits is a caller whose own patience is some seconds. */
const TIMEOUT = durationMs(3_000);

/** Reads the JSON at a URL; rejects when there is none, and on every status but 200. */
export function jsonFetcher(fetcher: Fetcher) {
  return async (url: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => {
    const { status, body } = await fetcher.fetch({ url, headers, timeout: TIMEOUT, maxBytes: MAX_BYTES });
    if (status !== 200) throw new RangeError(`${new URL(url).host} answered ${status}`);
    return JSON.parse(new TextDecoder().decode(body)) as unknown;
  };
}
