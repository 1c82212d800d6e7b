import { durationMs, type DurationMs } from './brand.ts';

/** The texts that `parseDuration` reads, for schemas: `10s`, `1.5h`, `1m30s`, `250ms`. */
export const durationPattern = /^[+-]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/;

const nanosecondsPer: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/**
 * Length of time in a text such as `1m30s`; undefined when the text is none. The answer may have a fraction of a millisecond.
 * Integer arithmetic throughout, so that `1.001s` is 1001 ms and not a little less.
 * Source: the documentation of Go's `time.ParseDuration`, whose grammar Istio's duration fields take.
 */
export function parseDuration(text: string): DurationMs | undefined {
  if (text.length > 64 || !durationPattern.test(text)) return undefined;
  let nanoseconds = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = nanosecondsPer[unit] ?? 0n;
    nanoseconds += BigInt(whole || '0') * scale;
    if (fraction !== '') nanoseconds += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return durationMs((text.startsWith('-') ? -1 : 1) * (Number(nanoseconds) / 1e6));
}
