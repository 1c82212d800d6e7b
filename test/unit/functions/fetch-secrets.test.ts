import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fetchSecretsFunction } from '../../../functions/fetch-secrets.ts';
import { secretLoop } from '../../../functions/secret-loop.ts';
import type { WhichSecrets } from '../../../lib/control/config/fetch-secrets.ts';
import { leaseCandidate } from '../../../lib/control/lead/lease-candidate.ts';
import { SECRETS_LEASE } from '../../../lib/control/lead/lease.ts';
import { HEAD_KEY } from '../../../lib/control/revisions/head.ts';
import { testPorts } from '../../support/config-store.ts';
import { streamEvent, timerEvent } from '../../support/lambda-events.ts';
import { anyCandidate } from '../../support/leases.ts';
import { recordingLog } from '../../support/recording-log.ts';

const REPORT = { asked: 0, changed: 0, failed: 0 };

function setUp() {
  const ports = testPorts();
  const asked: WhichSecrets[] = [];
  const fetchSecrets = async (which: WhichSecrets) => {
    asked.push(which);
    return REPORT;
  };
  const candidate = leaseCandidate(ports, SECRETS_LEASE, anyCandidate('one'));
  return { ports, asked, run: fetchSecretsFunction({ fetchSecrets, candidate, log: ports.log }), fetchSecrets };
}

test('the timer fetches everything, a new revision what was never asked for, anything else nothing', async () => {
  const { asked, run, ports } = setUp();
  await run(timerEvent);
  await run(streamEvent(HEAD_KEY));
  await run(streamEvent({ partition: 'views', id: 'x' }));
  assert.deepEqual(asked, ['all', 'never-asked']);
  const lease = await ports.records.get<{ readonly holderIdentity: string }>(SECRETS_LEASE);
  assert.equal(lease?.record.holderIdentity, '');
});

test('while another one fetches, an upload is told again and the timer lets it be', async () => {
  const { asked, run, ports } = setUp();
  await leaseCandidate(ports, SECRETS_LEASE, anyCandidate('other')).attempt();
  await assert.rejects(run(streamEvent(HEAD_KEY)), /another one fetches secrets/);
  await run(timerEvent);
  assert.deepEqual(asked, []);
});

test('a process that lives long fetches one round after another, and none once it is stopped', async () => {
  const { asked, fetchSecrets } = setUp();
  const loop = secretLoop(fetchSecrets, recordingLog());
  loop.start();
  loop.noteWritten(HEAD_KEY);
  loop.noteWritten({ partition: 'views', id: 'x' });
  await new Promise(setImmediate);
  await loop.stop();
  loop.noteWritten(HEAD_KEY);
  assert.deepEqual(asked, ['all', 'never-asked']);
});

test('a round that fails is logged and the next one comes', async () => {
  const log = recordingLog();
  let rounds = 0;
  const loop = secretLoop(async () => {
    rounds += 1;
    throw new Error('away');
  }, log);
  loop.noteWritten(HEAD_KEY);
  loop.noteWritten(HEAD_KEY);
  await new Promise(setImmediate);
  await loop.stop();
  assert.equal(rounds, 2);
});
