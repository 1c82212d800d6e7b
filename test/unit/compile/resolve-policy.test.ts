import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolvePolicy } from '../../../lib/compile/resolve-policy.ts';
import type {
  ConnectionPool,
  OutlierDetection,
  PolicyBlocks,
  Subset,
  TrafficPolicy,
} from '../../../lib/model/traffic-policy.ts';
import { resourceKey } from '../../../lib/resources/resource.ts';

const pool = (maxConnections: number): ConnectionPool => ({
  maxConnections,
  h2Upgrade: 'unset',
  usesClientProtocol: false,
});
const outlier = (minHealthPercent: number): OutlierDetection => ({
  splitsLocalOrigin: false,
  minHealthPercent,
  httpErrorCodes: [],
});
const random: PolicyBlocks = { lb: { algorithm: { type: 'random' } } };

const policy = (levels: Partial<TrafficPolicy>): TrafficPolicy => ({
  from: [resourceKey('DestinationRule', 'a', 'a')],
  host: 'a.com',
  namespace: 'a',
  visibility: { to: 'everyone' },
  workloadSelector: undefined,
  blocks: {},
  ports: [],
  subsets: [],
  ...levels,
});
const subset = (levels: Partial<Subset>): Subset => ({ name: 'v1', labels: {}, blocks: {}, ports: [], ...levels });
const whole = { subset: undefined, port: 80 };

test('DR-19: a block for the port replaces its level, absent blocks included', () => {
  const both = policy({ blocks: { pool: pool(1), ...random }, ports: [{ port: 80, blocks: { outlier: outlier(5) } }] });
  assert.deepEqual(resolvePolicy(both, whole, {}), { outlier: outlier(5) });
  assert.deepEqual(resolvePolicy(both, { subset: undefined, port: 81 }, {}), { pool: pool(1), ...random });
});

test('DR-20: a subset overrides block by block, and inherits what it does not say', () => {
  const host = policy({ blocks: { pool: pool(1), ...random } });
  assert.deepEqual(resolvePolicy(host, { subset: subset({ blocks: { pool: pool(2) } }), port: 80 }, {}), {
    pool: pool(2),
    ...random,
  });
  assert.deepEqual(resolvePolicy(host, { subset: subset({}), port: 80 }, {}), { pool: pool(1), ...random });
});

test('DR-20: a subset’s block for the port replaces all, but for the retry budget, which ports cannot say', () => {
  const retryBudget = { percent: 20, minimumConcurrency: 3, interval: undefined };
  const host = policy({ blocks: { pool: pool(1), ...random, retryBudget } });
  const ported = subset({ blocks: { pool: pool(2) }, ports: [{ port: 80, blocks: { outlier: outlier(1) } }] });
  assert.deepEqual(resolvePolicy(host, { subset: ported, port: 80 }, {}), { outlier: outlier(1), retryBudget });
});

test('DR-20: a subset of a port with a block of its own inherits from that', () => {
  const host = policy({ blocks: { pool: pool(1) }, ports: [{ port: 80, blocks: { pool: pool(8) } }] });
  assert.deepEqual(resolvePolicy(host, { subset: subset({ blocks: random }), port: 80 }, {}), {
    pool: pool(8),
    ...random,
  });
});

test('DR-21: mesh defaults fill whole blocks, with a policy and without one', () => {
  const mesh: PolicyBlocks = { pool: pool(100), outlier: outlier(50) };
  assert.deepEqual(resolvePolicy(undefined, whole, mesh), mesh);
  assert.deepEqual(resolvePolicy(policy({ blocks: { pool: pool(1) } }), whole, mesh), {
    pool: pool(1),
    outlier: outlier(50),
  });
});
