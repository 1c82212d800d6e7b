import { durationMs } from '../../base/brand.ts';
import { isMembers, type Members } from '../../base/members.ts';
import { printTimestamp } from '../../base/timestamp.ts';
import { hashBytes } from '../../base/hashing.ts';
import { NOBODY, type Sender } from '../../base/sender.ts';
import type { Log } from '../../ports/log.ts';
import { StoreUnavailable } from '../../ports/store-errors.ts';
import { problem } from '../api/problem.ts';
import { readBody } from '../api/read-body.ts';
import type { Attested, Authenticator } from './attestation.ts';
import type { AuthorityMetrics } from './authority-metrics.ts';
import { type CertificateRequest, readCertificateRequest } from './certificate-request.ts';
import {
  hasAllowedTtl,
  type Issued,
  type IssueFailure,
  type IssuePorts,
  issueCertificate,
} from './issue-certificate.ts';
import { workloadName } from './workload-name.ts';

export interface CertificatesPorts extends IssuePorts {
  /** Tried in this order; the first that believes the caller counts (CA-2). */
  readonly authenticators: readonly Authenticator[];
  readonly trustDomain: () => Promise<string>;
  /** Whom workloads are to believe: these roots, and those that others have added (SDS-13). */
  readonly bundleOf: (roots: readonly string[]) => Promise<readonly string[]>;
  readonly metrics: AuthorityMetrics;
  readonly log: Log;
}

/** Takes requests for certificates, and what the front door found out about who sends them. */
export type CertificatesHandler = (request: Request, sender?: Sender) => Promise<Response>;

/** A certificate request, a chain to renew with and a token: together far less. */
const BODY_LIMIT_BYTES = 128 * 1024;

/**
 * `POST /v1/certificates {csr, ttl, attestation}`: signs a certificate for whoever proves to be a workload. `ttl` is in seconds. Who proves
 * nothing is answered 401, and who may run as nothing 403, always in the same words: why is in the log alone.
 */
export function certificatesApi(ports: CertificatesPorts): CertificatesHandler {
  return async (request, sender = NOBODY) => {
    const from = sender.address;
    if (request.method !== 'POST') return problem(405, { code: 'METHOD_NOT_ALLOWED', message: 'use POST' });
    const body = await readBody(request, BODY_LIMIT_BYTES);
    ports.metrics.noteRequest();
    if (!body.ok) return refused(ports, from, { failure: 'CSR_ERROR', status: body.status, reason: body.message });
    try {
      return noStore(await answer(ports, body.text, { authorization: request.headers.get('authorization'), sender }));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      ports.log.error('certificate-failed', { from, error });
      return problem(503, { code: error.code, message: 'the store is away; try again' }, { 'Retry-After': '1' });
    }
  };
}

/** Certificates are nobody's but the caller's. */
function noStore(response: Response): Response {
  response.headers.set('cache-control', 'no-store');
  return response;
}

interface Sent {
  readonly authorization: string | null;
  readonly sender: Sender;
}

async function answer(ports: CertificatesPorts, text: string, { authorization, sender }: Sent): Promise<Response> {
  const from = sender.address;
  const body = parsed(text);
  const csr = body?.['csr'];
  if (!body || typeof csr !== 'string') {
    return refused(ports, from, { failure: 'CSR_ERROR', reason: 'the body is no JSON object with a csr in PEM' });
  }
  const attestation = isMembers(body['attestation']) ? body['attestation'] : {};
  const attested = await authenticated(
    ports,
    { csr, attestation, sender, ...(authorization !== null && { authorization }) },
    from,
  );
  if (!attested) return unauthenticated(ports);
  const workload = chosenWorkload(attested, body['workload']);
  if (!workload) return withoutIdentity(ports, attested, from);
  const read = await readCertificateRequest(csr);
  if (!read.ok) {
    return refused(ports, from, { failure: 'CSR_ERROR', reason: `the certificate request ${read.reason}`, attested });
  }
  const identity = workloadName(await ports.trustDomain(), workload);
  return signed(ports, { attested, identity, request: read.request, seconds: body['ttl'], from });
}

function parsed(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

async function authenticated(
  { authenticators, log }: CertificatesPorts,
  request: Parameters<Authenticator>[0],
  from: string,
): Promise<Attested | undefined> {
  const reasons: string[] = [];
  for (const authenticate of authenticators) {
    const outcome = await authenticate(request);
    if (outcome.is === 'proven') return outcome.attested;
    if (outcome.is === 'refused') reasons.push(outcome.reason);
  }
  log.warn('certificate-refused', { from, reason: reasons.join('; ') || 'nothing was shown that proves who it is' });
  return undefined;
}

/** What whoever proved nothing is told, for whatever reason (CA-2). */
function unauthenticated({ metrics }: CertificatesPorts): Response {
  metrics.noteUnauthenticated();
  return problem(401, { code: 'UNAUTHENTICATED', message: 'request authenticate failure' });
}

function withoutIdentity({ metrics, log }: CertificatesPorts, { method, principal }: Attested, from: string): Response {
  metrics.noteNoIdentity();
  log.warn('certificate-refused', {
    from,
    method,
    principal,
    reason: 'no workload, or not the one asked for, is bound to it',
  });
  const message = 'nothing says that this caller runs as a workload; a WorkloadIdentityBinding does';
  return problem(403, { code: 'FORBIDDEN', message });
}

/** The one that a caller runs as; who may run as several says which, and nobody as another. */
function chosenWorkload({ workloads }: Attested, asked: unknown): Attested['workloads'][number] | undefined {
  const [only, ...others] = workloads;
  if (asked === undefined) return others.length === 0 ? only : undefined;
  const { namespace, serviceAccount } = isMembers(asked) ? asked : {};
  return workloads.find((each) => each.namespace === namespace && each.serviceAccount === serviceAccount);
}

interface Signing {
  readonly attested: Attested;
  readonly identity: string;
  readonly request: CertificateRequest;
  readonly seconds: unknown;
  readonly from: string;
}

async function signed(ports: CertificatesPorts, signing: Signing): Promise<Response> {
  const { attested, identity, request, seconds, from } = signing;
  const isNumber = seconds === undefined || (typeof seconds === 'number' && Number.isFinite(seconds));
  const ttl = durationMs(isNumber ? (seconds ?? 0) * 1000 : Infinity);
  if (!hasAllowedTtl(ttl, ports.settings)) {
    const reason = `ttl is a number of seconds, at most ${ports.settings.maxTtl / 1000}`;
    return refused(ports, from, { failure: 'TTL_ERROR', reason, attested });
  }
  if (attested.spend && !(await attested.spend())) {
    const { method, principal } = attested;
    ports.log.warn('certificate-refused', { from, method, principal, reason: 'its proof was used by another request' });
    return unauthenticated(ports);
  }
  const issued = await issueCertificate(ports, { request, identities: [identity], ttl }, ports.bundleOf);
  if (!issued.ok) return refused(ports, from, { ...issued, attested });
  tellIssued(ports, signing, issued);
  const notAfter = printTimestamp(issued.notAfter);
  return Response.json({ identity, notAfter, certificateChain: issued.chain });
}

/** The trace of every certificate that there is: who has it, how it was proven, and from where it was asked for. */
function tellIssued(
  { metrics, log }: CertificatesPorts,
  { attested: { method, principal }, identity, request, from }: Signing,
  { serial, notAfter }: Extract<Issued, { readonly ok: true }>,
): void {
  metrics.noteIssued();
  const key = hashBytes(request.publicKey);
  log.info('certificate-issued', {
    identity,
    serial,
    notAfter: printTimestamp(notAfter),
    method,
    principal,
    from,
    key,
  });
}

interface Refusal {
  readonly failure: IssueFailure;
  readonly reason: string;
  /** Where the failure does not decide. */
  readonly status?: number;
  readonly attested?: Attested;
}

/** CA-4. */
const statuses: Readonly<Record<IssueFailure, number>> = {
  CSR_ERROR: 400,
  TTL_ERROR: 400,
  CA_NOT_READY: 500,
  CERT_GEN_ERROR: 500,
};

function refused({ metrics, log }: CertificatesPorts, from: string, refusal: Refusal): Response {
  const { failure, reason, attested } = refusal;
  const status = refusal.status ?? statuses[failure];
  metrics.noteFailure(failure);
  const who = attested && { method: attested.method, principal: attested.principal };
  log[status < 500 ? 'warn' : 'error']('certificate-refused', { from, ...who, failure, reason });
  // What is wrong within the authority is not for callers.
  const message = status < 500 ? reason : 'the authority cannot sign for now; its log says why';
  return problem(status, { code: failure, message });
}
