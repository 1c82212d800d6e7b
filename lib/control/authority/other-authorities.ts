import { type DurationMs, durationMs, type EpochMs } from '../../base/brand.ts';
import { readAuthorities } from '../../base/certificate-authorities.ts';
import { hashBytes } from '../../base/hashing.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Log } from '../../ports/log.ts';
import type { RecordKey, Records } from '../../ports/records.ts';
import { readSpiffeBundle, type TrustSource } from './trust-bundle.ts';

/** What MeshConfig's `caCertificates` say: a certificate, or where a SPIFFE bundle is published. */
interface WrittenAuthority {
  readonly pem?: string;
  readonly spiffeBundleUrl?: string;
}

export interface OtherAuthoritiesPorts {
  readonly records: Pick<Records, 'get' | 'putIf'>;
  readonly fetcher: Fetcher;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly written: () => Promise<readonly WrittenAuthority[]>;
}

/** Authorities that workloads believe beside ours. */
export interface OtherAuthorities {
  sources(): Promise<readonly TrustSource[]>;
  /** Fetches the bundles that were not fetched for half an hour; what cannot be had or used leaves the one before (SDS-13). */
  refresh(): Promise<void>;
}

interface FetchedBundle {
  readonly url: string;
  readonly pem: string;
  readonly fetchedAt: EpochMs;
}

const REFRESH: DurationMs = durationMs(30 * 60_000);
const PATIENCE: DurationMs = durationMs(10_000);
const MAX_BYTES = 1024 * 1024;

export function otherAuthorities(ports: OtherAuthoritiesPorts): OtherAuthorities {
  const { records, written } = ports;
  const urls = async (): Promise<readonly string[]> => [
    ...new Set(
      (await written()).flatMap(({ spiffeBundleUrl = '' }) => (spiffeBundleUrl === '' ? [] : [spiffeBundleUrl])),
    ),
  ];
  return {
    async sources() {
      const pems = (await written()).flatMap(({ pem = '' }, index) =>
        pem === '' ? [] : [{ name: `Mesh caCertificates[${index}].pem`, pem }],
      );
      const bundles = await Promise.all((await urls()).map((url) => records.get<FetchedBundle>(keyOf(url))));
      return [
        ...pems,
        ...bundles.flatMap((stored) => (stored ? [{ name: stored.record.url, pem: stored.record.pem }] : [])),
      ];
    },
    async refresh() {
      for (const url of await urls()) await refreshed(ports, url);
    },
  };
}

async function refreshed({ records, fetcher, clock, log }: OtherAuthoritiesPorts, url: string): Promise<void> {
  const stored = await records.get<FetchedBundle>(keyOf(url));
  if (stored && clock.now() - stored.record.fetchedAt < REFRESH) return;
  const fetched = await fetchedBundle(fetcher, url);
  if ('reason' in fetched) return log.warn('trust-bundle-not-fetched', { url, reason: fetched.reason });
  const { pem } = fetched;
  // Who was slower has fetched the same, a moment earlier.
  await records.putIf<FetchedBundle>(keyOf(url), { url, pem, fetchedAt: clock.now() }, stored?.etag);
  if (pem !== stored?.record.pem) log.info('trust-bundle-fetched', { url });
}

async function fetchedBundle(fetcher: Fetcher, url: string): Promise<ReturnType<typeof readSpiffeBundle>> {
  try {
    const { status, body } = await fetcher.fetch({ url, timeout: PATIENCE, maxBytes: MAX_BYTES });
    if (status !== 200) return { reason: `it answered ${status}` };
    const bundle = readSpiffeBundle(new TextDecoder().decode(body));
    if ('reason' in bundle) return bundle;
    const authorities = readAuthorities(bundle.pem);
    return 'reason' in authorities ? authorities : bundle;
  } catch (error) {
    // One endpoint that is away must not keep the others from being asked.
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

const keyOf = (url: string): RecordKey => ({ partition: 'authority-bundles', id: hashBytes(url) });
