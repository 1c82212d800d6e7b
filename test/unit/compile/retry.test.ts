import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationMs } from '../../../lib/base/brand.ts';
import { compileInboundRetry, compileRetry } from '../../../lib/compile/retry.ts';
import type { Retries } from '../../../lib/model/http-rule.ts';
import type { MeshSettings } from '../../../lib/model/mesh-settings.ts';
import { meshDefaults } from '../../../lib/world/mesh-settings.ts';

const mesh = meshDefaults();
const meshWith = (attempts: number, retryOn?: string): MeshSettings => ({
  ...mesh,
  defaultRetries: { attempts, retryOn, backoff: durationMs(10) },
  defaultInboundRetries: { attempts, retryOn, backoff: durationMs(10) },
});
const written = (changes: Partial<Retries> = {}): Retries => ({
  attempts: 3,
  perTryTimeout: undefined,
  retryOn: undefined,
  backoff: undefined,
  retriesRemoteLocalities: false,
  ignoresPreviousHosts: undefined,
  ...changes,
});

test('RT-24: without a policy two attempts on what no server has seen', () => {
  const retry = compileRetry(undefined, mesh, false);
  assert.equal(retry?.attempts, 2);
  assert.equal(retry.retryOn, 'connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes');
  assert.deepEqual([retry.hostSelectionAttempts, retry.avoidsPreviousHosts], [5, true]);
});

test("RT-24: the mesh's policy holds where a rule has none", () => {
  assert.equal(compileRetry(undefined, meshWith(7, 'reset'), false)?.attempts, 7);
  assert.equal(compileRetry(undefined, meshWith(7, 'reset'), false)?.retryOn, 'reset');
  assert.equal(compileRetry(written(), meshWith(7), false)?.attempts, 3);
  assert.equal(compileRetry(undefined, meshWith(0), false), undefined);
});

test('RT-25: no attempts, no policy', () => {
  assert.equal(compileRetry(written({ attempts: 0 }), mesh, false), undefined);
  assert.equal(compileRetry(written({ attempts: -1 }), mesh, false), undefined);
});

const conditions: readonly (readonly [written: string, retryOn: string, codes: readonly number[]])[] = [
  ['reset, 503 ,', 'reset,retriable-status-codes', [503]],
  ['503,404', 'retriable-status-codes', [503, 404]],
  ['retriable-status-codes,503', 'retriable-status-codes', [503]],
  ['5xx', '5xx', []],
];
for (const [retryOn, expected, codes] of conditions) {
  test(`RT-25: "${retryOn}" is "${expected}" with codes ${codes.join(' ')}`, () => {
    const retry = compileRetry(written({ retryOn }), mesh, false);
    assert.deepEqual([retry?.retryOn, retry?.statusCodes], [expected, codes]);
  });
}

test('RT-25, RT-26: a written choice about previous hosts goes before the one that follows from hashing', () => {
  assert.equal(compileRetry(undefined, mesh, true)?.avoidsPreviousHosts, false);
  assert.equal(compileRetry(written({ ignoresPreviousHosts: true }), mesh, true)?.avoidsPreviousHosts, true);
  assert.equal(compileRetry(written({ ignoresPreviousHosts: false }), mesh, false)?.avoidsPreviousHosts, false);
});

test('RT-33: towards its own workload a proxy retries what was reset before it was read, but no gRPC', () => {
  const retry = compileInboundRetry(mesh, false);
  assert.deepEqual([retry?.retryOn, retry?.attempts, retry?.avoidsPreviousHosts], ['reset-before-request', 2, false]);
  const { defaultRetries } = meshWith(7);
  assert.equal(compileInboundRetry({ ...mesh, defaultRetries }, false)?.attempts, 2); // that of clients is none of theirs
  assert.equal(compileInboundRetry(mesh, true), undefined);
  assert.equal(compileInboundRetry(meshWith(0), false), undefined);
  assert.deepEqual(
    [compileInboundRetry(meshWith(4, 'reset'), false)?.attempts, compileInboundRetry(meshWith(4), false)?.backoff],
    [4, 10],
  );
});
