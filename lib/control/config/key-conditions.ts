import { printTimestamp } from '../../base/timestamp.ts';
import { type Condition, conditionOf, withCondition } from '../../resources/conditions.ts';
import { keySetName } from '../../resources/key-set-name.ts';
import { keyOf, type Resource } from '../../resources/resource.ts';
import type { ConfigStore } from './config-store.ts';
import { putStatus, readStatus, readStatuses, withStatus } from './object-status.ts';
import type { KeyFetchState } from './key-fetch-state.ts';

type Policy = Resource<'RequestAuthentication'>;
type StateOf = (name: string) => KeyFetchState | undefined;
type Said = Pick<Condition, 'status' | 'reason' | 'message'>;

const KEYS_FETCHED = 'KeysFetched';

/** Says on each policy how the fetching of its keys went, where that is something else than was said last. */
export async function noteKeyOutcomes(
  store: ConfigStore,
  policies: readonly Policy[],
  stateOf: StateOf,
): Promise<void> {
  const saying = policies.flatMap((policy) => {
    const said = saidOf(policy, stateOf);
    return said === undefined ? [] : [{ policy, said }];
  });
  if (saying.length === 0) return;
  const statuses = await readStatuses(store.records, 'RequestAuthentication/');
  for (const { policy, said } of saying) {
    const key = keyOf(policy);
    const before = withStatus({ ...policy, status: {} }, statuses.get(key));
    const known = conditionOf(before, KEYS_FETCHED);
    if (known?.status === said.status && known.reason === said.reason && known.message === said.message) continue;
    const isSameStatus = known?.status === said.status && known.lastTransitionTime !== undefined;
    const lastTransitionTime = isSameStatus ? known.lastTransitionTime : printTimestamp(store.clock.now());
    await put(store, policy, { type: KEYS_FETCHED, ...said, lastTransitionTime });
  }
}

/** A lost race is told in the next round. */
async function put(store: ConfigStore, policy: Policy, condition: Condition): Promise<void> {
  const key = keyOf(policy);
  const read = await readStatus(store.records, key);
  const { status = {} } = withCondition(withStatus({ ...policy, status: {} }, read?.record), condition);
  await putStatus(store.records, key, { next: { uid: policy.metadata.uid ?? '', status }, read });
}

/** Undefined where no keys have to be fetched, or nothing is known yet. */
function saidOf({ spec }: Policy, stateOf: StateOf): Said | undefined {
  const fetched = (spec.jwtRules ?? []).flatMap(({ issuer = '', jwksUri = '', jwks = '' }, index) => {
    const state = jwks === '' ? stateOf(keySetName({ issuer, jwksUri })) : undefined;
    return state === undefined ? [] : [{ index, state }];
  });
  if (fetched.length === 0) return undefined;
  const [first, ...others] = fetched.filter(({ state }) => state.problem !== undefined);
  if (first?.state.problem === undefined) return { status: 'True', reason: 'Fetched', message: 'all keys are fetched' };
  const { reason, message } = first.state.problem;
  const kept =
    first.state.lastRefreshed > 0
      ? 'the keys that are there are kept'
      : 'until keys come, all tokens of this rule are refused';
  const more = others.length === 0 ? '' : `; and ${others.length} more`;
  return { status: 'False', reason, message: `spec.jwtRules[${first.index}]: ${message}; ${kept}${more}` };
}
