import type { Clock } from '../../ports/clock.ts';
import type { Fetcher } from '../../ports/fetcher.ts';
import type { Log } from '../../ports/log.ts';
import { AUTHORITY_DEFAULTS, type AuthoritySettings } from '../authority/authority-settings.ts';
import { type Gate, guardedGate, openGate } from '../http/gate.ts';
import type { Access } from './access.ts';
import { jsonFetcher } from './fetch-json.ts';
import { issuerKeys } from './issuer-keys.ts';
import { callerVerifier, type VerifyCaller } from './verify-caller.ts';

/** How a service finds out who asks it; without an access file nobody has to prove anything. */
export interface ServiceIdentity {
  readonly gate: Gate;
  /** What answers polls is told of it. */
  readonly polls: { readonly verifyCaller?: VerifyCaller };
  /** What certificates workloads are given. */
  readonly authority: AuthoritySettings;
  /** As `/v1/service` says it. */
  readonly summary: 'none' | 'proven';
}

export interface IdentityPorts {
  readonly fetcher: Fetcher;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

export function serviceIdentity(access: Access | undefined, { fetcher, clock, log }: IdentityPorts): ServiceIdentity {
  if (!access) return { gate: openGate, polls: {}, authority: AUTHORITY_DEFAULTS, summary: 'none' };
  const fetchJson = jsonFetcher(fetcher);
  const keysOf = issuerKeys({ fetchJson, clock, log });
  const verifyCaller = callerVerifier(access, { keysOf, askSts: fetchJson, clock });
  return {
    gate: guardedGate({ access, verifyCaller, log }),
    polls: { verifyCaller },
    authority: access.authority,
    summary: 'proven',
  };
}
