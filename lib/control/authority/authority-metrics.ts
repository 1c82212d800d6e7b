import { Counter, Gauge, type Registry } from 'prom-client';
import type { EpochMs } from '../../base/brand.ts';
import type { IssueFailure } from './issue-certificate.ts';

/** What the authority counts, under the names of Istio's CA (CA-13). */
export interface AuthorityMetrics {
  noteRequest(): void;
  noteUnauthenticated(): void;
  /** Proven, and nothing says as whom it may run. */
  noteNoIdentity(): void;
  noteFailure(failure: IssueFailure): void;
  noteIssued(): void;
}

/** When the root and the chain that sign end; `undefined` while there is none. */
export interface AuthorityEnds {
  readonly root: EpochMs;
  readonly chain: EpochMs;
}

export interface AuthorityMetricsPorts {
  readonly registry: Registry;
  readonly now: () => EpochMs;
  /** Asked whenever the metrics are read. */
  readonly ends: () => Promise<AuthorityEnds | undefined>;
}

export function authorityMetrics({ registry, now, ends }: AuthorityMetricsPorts): AuthorityMetrics {
  const registers = [registry];
  const count = (name: string, help: string): Counter => new Counter({ name, help, registers });
  const requests = count('citadel_server_csr_count', 'Requests for certificates.');
  const unparsed = count('citadel_server_csr_parsing_err_count', 'Certificate requests that could not be used.');
  const unauthenticated = count(
    'citadel_server_authentication_failure_count',
    'Callers who did not prove who they are.',
  );
  const nameless = count('citadel_server_id_extraction_err_count', 'Callers to whom no identity is bound.');
  const issued = count('citadel_server_success_cert_issuance_count', 'Certificates that were signed.');
  const failures = new Counter({
    name: 'citadel_server_csr_sign_err_count',
    help: 'Certificates that could not be signed, by the class of the failure.',
    labelNames: ['error'],
    registers,
  });
  const gauge = (name: string, help: string, valueOf: (ends: AuthorityEnds) => number): void => {
    const collect = async function (this: Gauge): Promise<void> {
      const known = await ends().catch(() => undefined); // the store is away: the other series are wanted most then
      if (known) this.set(valueOf(known));
    };
    new Gauge({ name, help, registers, collect });
  };
  for (const [part, word] of [
    ['root', 'root_cert'],
    ['chain', 'cert_chain'],
  ] as const) {
    const name = `citadel_server_${word}_expiry`;
    gauge(`${name}_timestamp`, `When the ${part} certificate ends, as Unix time.`, (known) => known[part] / 1000);
    gauge(`${name}_seconds`, `Seconds until the ${part} certificate ends.`, (known) => (known[part] - now()) / 1000);
  }
  return {
    noteRequest: () => requests.inc(),
    noteUnauthenticated: () => unauthenticated.inc(),
    noteNoIdentity: () => nameless.inc(),
    noteFailure: (failure) =>
      failure === 'CSR_ERROR' ? unparsed.inc() : failures.inc({ error: failure.toLowerCase() }),
    noteIssued: () => issued.inc(),
  };
}
