import { randomBytes } from 'node:crypto';
import { Registry } from 'prom-client';
import { memoryFetcher } from '../../lib/adapters/memory/memory-fetcher.ts';
import { memoryRecords } from '../../lib/adapters/memory/memory-records.ts';
import { memorySigningKeys } from '../../lib/adapters/memory/memory-signing-keys.ts';
import { durationMs } from '../../lib/base/brand.ts';
import { AUTHORITY_DEFAULTS, type AuthoritySettings } from '../../lib/control/authority/authority-settings.ts';
import { type AuthorityPorts, certificateAuthority } from '../../lib/control/authority/certificate-authority.ts';
import { anybody } from '../../lib/control/identity/rights.ts';
import { resourcesOf } from './documents.ts';
import { testStart } from './config-store.ts';
import { fakeClock } from './fake-clock.ts';
import { recordingLog } from './recording-log.ts';

export const HOUR = 60 * 60_000;

export interface AuthorityOptions extends Partial<Omit<AuthorityPorts, 'settings' | 'registry' | 'clock' | 'log'>> {
  readonly settings?: Partial<AuthoritySettings>;
  readonly meshConfig?: object;
}

/** A certificate authority in memory, on a clock that the test moves. */
export function testAuthority({ settings = {}, meshConfig = {}, ...replaced }: AuthorityOptions = {}) {
  const [clock, log, registry] = [fakeClock({ at: testStart }), recordingLog(), new Registry()];
  const resources = resourcesOf(
    JSON.stringify({
      apiVersion: 'pilotless.dev/v1',
      kind: 'Mesh',
      metadata: { name: 'default' },
      spec: { meshConfig },
    }),
  );
  const ports: AuthorityPorts = {
    records: memoryRecords(),
    keys: memorySigningKeys(),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    config: { readNewest: async () => ({ revision: 1, health: '', resources }) },
    fetcher: memoryFetcher({ answer: () => undefined }),
    ...{ clock, log, registry, ...replaced },
    settings: { ...AUTHORITY_DEFAULTS, ...settings },
  };
  const authority = certificateAuthority(ports);
  const post = async (path: string, body: unknown): Promise<Answer> => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const request = new Request(`http://x${path}`, { method: 'POST', body: text });
    const response = await (path === '/v1/certificates'
      ? authority.certificates(request, { address: '10.0.0.9' })
      : authority.api(request, anybody('10.0.0.9')));
    return { status: response.status, body: (await response.json()) as Answer['body'], headers: response.headers };
  };
  return {
    ...{ authority, ports, clock, log, post },
    ask: (body: unknown) => post('/v1/certificates', body),
    get: async (path: string) => authority.api(new Request(`http://x${path}`)),
    joinToken: async (workload: object = {}): Promise<string> => {
      const asked = { namespace: 'shop', serviceAccount: 'reviews', ...workload };
      return String((await post('/v1/join-tokens', asked)).body.token);
    },
    metrics: () => registry.metrics(),
  };
}

/** What the authority answers, whichever it is. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly code?: string;
    readonly message?: string;
    readonly token?: string;
    readonly identity?: string;
    readonly notAfter?: string;
    readonly certificateChain?: readonly string[];
    readonly roots?: readonly { readonly sha256: string; readonly state: string; readonly believedUntil?: string }[];
  };
}

/** Hours as a setting. */
export const hours = (count: number) => durationMs(count * HOUR);
