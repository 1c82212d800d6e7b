import { toBase64 } from '../../base/base64.ts';
import { printTimestamp } from '../../base/timestamp.ts';
import { SecretSourceFailed, type SecretSources } from '../../ports/secret-sources.ts';
import { type Condition, conditionOf, withCondition } from '../../resources/conditions.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import { type SecretSource, sourceOf } from '../../resources/secret-source.ts';
import type { ConfigSource } from '../build/worlds.ts';
import type { ConfigStore } from './config-store.ts';
import { putStatus, readStatus, readStatuses, withStatus } from './object-status.ts';
import { printDocument } from './print-document.ts';
import { writeObject } from './write-object.ts';
import { toResource } from '../revisions/stored-object.ts';

/** Under which name values come into the history that were fetched. */
const SECRET_FETCHER = 'pilotless/secret-sources';

export interface FetchedSecrets {
  readonly config: Pick<ConfigSource, 'readNewest'>;
  readonly store: ConfigStore;
  readonly sources: SecretSources;
}

/** All that name a source, or those alone whose source was never asked. */
export type WhichSecrets = 'all' | 'never-asked';

export interface FetchReport {
  /** Secrets that name a source and were asked for. */
  readonly asked: number;
  /** Those whose values were others than before. */
  readonly changed: number;
  readonly failed: number;
}

type Secret = Resource<'Secret'>;

/**
 * Fetches the values of Secrets that name a source: all of them, or those alone whose source was never asked. Values that changed make
 * a revision; what cannot be fetched keeps what is there, and a condition on the Secret says why.
 */
export async function fetchSecrets(ports: FetchedSecrets, which: WhichSecrets): Promise<FetchReport> {
  const report = { asked: 0, changed: 0, failed: 0 };
  for (const { secret, source } of await sourcedSecrets(ports)) {
    const message = saidOf(source);
    if (which === 'never-asked' && conditionOf(secret, FETCHED)?.message?.startsWith(message) === true) continue;
    const outcome = await fetchOne(ports, secret, source);
    report.asked += 1;
    if (outcome.status !== 'True') report.failed += 1;
    if (outcome.isChanged) report.changed += 1;
    await noteOutcome(ports.store, secret, {
      status: outcome.status,
      reason: outcome.reason,
      message: `${message}${outcome.message}`,
    });
  }
  if (report.asked > 0) ports.store.log.info('fetch-secrets', { ...report });
  return report;
}

const FETCHED = 'Fetched';

/** Begins the message of the condition, and so tells which source it is about. */
const saidOf = ({ arn }: SecretSource): string => `${arn}: `;

interface Sourced {
  readonly secret: Secret;
  readonly source: SecretSource;
}

/** Those of the newest revision, with what is known of their fetching. */
async function sourcedSecrets({ config, store }: FetchedSecrets): Promise<readonly Sourced[]> {
  const { resources } = await config.readNewest();
  const found = resources.flatMap((resource): readonly Sourced[] => {
    const source = resource.kind === 'Secret' ? sourceOf(resource.metadata) : undefined;
    return resource.kind === 'Secret' && source ? [{ secret: resource, source }] : [];
  });
  if (found.length === 0) return [];
  const statuses = await readStatuses(store.records, 'Secret/');
  return found.map(({ secret, source }) => ({ secret: withStatus(secret, statuses.get(keyOf(secret))), source }));
}

interface FetchOutcome extends Pick<Condition, 'status'> {
  readonly reason: string;
  readonly message: string;
  readonly isChanged: boolean;
}

async function fetchOne(
  { store, sources }: FetchedSecrets,
  secret: Secret,
  source: SecretSource,
): Promise<FetchOutcome> {
  const failed = (reason: string, message: string): FetchOutcome => {
    store.log.warn('fetch-secret-failed', { secret: keyOf(secret), arn: source.arn, reason });
    return { status: 'False', reason, message: `${message}; what is there is kept`, isChanged: false };
  };
  try {
    const values = await sources.fetch(source);
    const data = Object.fromEntries([...values].map(([name, bytes]) => [name, toBase64(bytes)]));
    const target = { kind: 'Secret', namespace: secret.metadata.namespace, name: secret.metadata.name } as const;
    const written = await writeObject(store, { target, writer: SECRET_FETCHER, isDryRun: false }, (existing) => {
      const now = existing && toResource(existing.object, existing.stamp);
      // Whoever deleted it, or named another source meanwhile, does not want these values.
      if (!now || sourceOf(now.metadata)?.arn !== source.arn) return { step: 'stop', answer: { outcome: 'missing' } };
      return { step: 'write', document: { ...printDocument(now), data } };
    });
    if (written.outcome === 'done') {
      return { status: 'True', reason: 'Fetched', message: 'fetched', isChanged: written.action !== 'unchanged' };
    }
    if (written.outcome !== 'refused') return failed('NotStored', `the values were not stored (${written.outcome})`);
    return failed('Refused', written.errors.map(({ path, message }) => `${path}: ${message}`).join('; '));
  } catch (error) {
    if (error instanceof SecretSourceFailed) return failed(error.reason, error.message);
    throw error;
  }
}

/** Writes the condition where it is another one; a write for each round would be one for nothing. */
async function noteOutcome(
  store: ConfigStore,
  secret: Secret,
  { status, reason, message }: Pick<FetchOutcome, 'status' | 'reason' | 'message'>,
): Promise<void> {
  const key = keyOf(secret);
  const read = await readStatus(store.records, key);
  const before = withStatus({ ...secret, status: {} }, read?.record);
  const known = conditionOf(before, FETCHED);
  if (known?.status === status && known.reason === reason && known.message === message) return;
  const lastTransitionTime =
    (known?.status === status ? known.lastTransitionTime : undefined) ?? printTimestamp(store.clock.now());
  const next = withCondition(before, { type: FETCHED, status, reason, message, lastTransitionTime });
  const uid = secret.metadata.uid ?? '';
  // A lost race is told in the next round.
  await putStatus(store.records, key, { next: { uid, status: next.status ?? {} }, read });
}
