import { type DurationMs, durationMs, type EpochMs, epochMs } from '../base/brand.ts';
import { readCertificate, pemBlocks } from '../base/certificates.ts';
import { type CertificateLife, renewalDelay } from '../base/renewal-delay.ts';
import { parseTimestamp, printTimestamp } from '../base/timestamp.ts';
import { CliFailure } from './cli-failure.ts';
import type { HeldIdentity } from './identity-request.ts';
import type { WorkloadFiles } from './identity-files.ts';

/** What became of one request for a certificate. */
export type Requested =
  | { readonly is: 'issued'; readonly identity: string; readonly files: WorkloadFiles }
  /** The service does not give one; `reason` is what it said. */
  | { readonly is: 'refused'; readonly reason: string }
  /** Not for now: the service, or whoever vouches for us, could not be reached. */
  | { readonly is: 'unreachable'; readonly reason: string };

export interface AgentParts {
  /** Asks for a certificate, proving who we are with the one that is held where that is how it is done. */
  readonly request: (held: HeldIdentity | undefined) => Promise<Requested>;
  readonly read: () => WorkloadFiles | undefined;
  readonly write: (files: WorkloadFiles, before: WorkloadFiles | undefined) => void;
  /** One line per event. */
  readonly tell: (event: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly now: () => EpochMs;
  /** Ends sooner when the agent is stopped. */
  readonly sleep: (duration: DurationMs) => Promise<void>;
  /** From 0 to 1. */
  readonly chance: () => number;
  readonly isStopped: () => boolean;
}

/** The authority dates certificates back by so much. */
const DATED_BACK: DurationMs = durationMs(2 * 60_000);
/** However short certificates live, nobody asks in a loop without a pause. */
const SHORTEST_PAUSE: DurationMs = durationMs(1_000);
const LONGEST_PAUSE: DurationMs = durationMs(5 * 60_000);

/**
 * Keeps a workload's certificate fresh until it is stopped; `isOnce` ends after the first. One request at a time. What is held stays in use
 * whatever happens; who holds nothing and is refused gives up, because nothing here will change that.
 */
export async function runIdentityAgent(parts: AgentParts, isOnce = false): Promise<void> {
  let held = parts.read();
  let pause = held ? delayOf(parts, held) : durationMs(0);
  if (held) parts.tell('identity-found', { renewsAt: printTimestamp(epochMs(parts.now() + pause)) });
  for (let failures = 0; ;) {
    if (pause > 0) await parts.sleep(pause);
    if (parts.isStopped()) return;
    const good = held && isGood(held, parts.now()) ? held : undefined;
    const requested = await parts.request(good);
    if (requested.is === 'issued') {
      parts.write(requested.files, held);
      held = requested.files;
      failures = 0;
      pause = durationMs(Math.max(SHORTEST_PAUSE, delayOf(parts, held)));
      tellIssued(parts, requested, pause);
      if (isOnce) return;
      continue;
    }
    const { reason } = requested;
    if (!good && (isOnce || requested.is === 'refused')) {
      throw new CliFailure(requested.is, `no certificate: ${reason}`);
    }
    pause = backoff(failures, parts.chance());
    failures += 1;
    const until = good && printTimestamp(lifeOf(good).notAfter);
    parts.tell('identity-not-renewed', {
      reason,
      failures,
      again: `in ${Math.round(pause / 1000)} s`,
      goodUntil: until,
    });
  }
}

function delayOf({ now, chance }: AgentParts, held: WorkloadFiles): DurationMs {
  return renewalDelay(lifeOf(held), now(), chance());
}

/** A second, two, four and so on, up to a limit; a part of it by chance, so that those who failed together do not return together. */
function backoff(failures: number, chance: number): DurationMs {
  return durationMs(Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** failures) * (0.75 + chance / 4));
}

function lifeOf({ certificate }: WorkloadFiles): CertificateLife {
  const [leaf = ''] = pemBlocks(certificate, 'CERTIFICATE');
  const { notBefore = '', notAfter = '' } = readCertificate(leaf)?.facts ?? {};
  const from = parseTimestamp(notBefore) ?? epochMs(0);
  return { signedAt: epochMs(from + DATED_BACK), notAfter: parseTimestamp(notAfter) ?? epochMs(0) };
}

const isGood = (held: WorkloadFiles, now: EpochMs): boolean => lifeOf(held).notAfter > now;

function tellIssued({ tell, now }: AgentParts, issued: Extract<Requested, { is: 'issued' }>, pause: DurationMs): void {
  const { identity, files } = issued;
  const goodUntil = printTimestamp(lifeOf(files).notAfter);
  tell('identity-written', { identity, goodUntil, renewsAt: printTimestamp(epochMs(now() + pause)) });
}
