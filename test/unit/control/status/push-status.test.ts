import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Issue } from '../../../../lib/base/issue.ts';
import { PROBLEM_GAUGES, printPushStatus, pushStatus } from '../../../../lib/control/status/push-status.ts';
import { serviceEntry, testDelivery } from '../../../support/delivery.ts';

const issue = (code: string, subject: string, message = 'is odd'): Issue => ({
  ...{ severity: 'warning', code, resource: 'VirtualService/default/a', path: '', subject, message },
});

test('PM-1, PM-5, PCTX-10: problems are kept by gauge and by what they concern; the same one again takes its place', () => {
  const status = pushStatus([
    { view: '', issues: [issue('DUPLICATE_SUBSET', 'a.test')] },
    { view: 'one', issues: [issue('DUPLICATE_DOMAIN', 'a.test:80', 'old'), issue('NO_GAUGE', 'x')] },
    { view: 'two', issues: [issue('DUPLICATE_DOMAIN', 'a.test:80', 'new'), issue('INBOUND_CONFLICT', 'a')] },
  ]);
  assert.deepEqual(status, {
    pilot_destrule_subsets: { 'a.test': { message: 'is odd' } },
    pilot_vservice_dup_domain: { 'a.test:80': { proxy: 'two', message: 'new' } },
    pilot_conflict_inbound_listener: { two: { proxy: 'two', message: 'is odd' } },
  });
});

test('PM-2: the status is printed with four spaces, and as {} where nothing was built', () => {
  assert.equal(printPushStatus(undefined), '{}');
  const text = printPushStatus(pushStatus([{ view: '', issues: [issue('DUPLICATE_SUBSET', 'a.test')] }]));
  assert.match(text, /^\{\n {4}"pilot_destrule_subsets": \{\n {8}"a\.test"/);
  assert.doesNotMatch(text, /proxy/);
});

test('PM-3, PM-4, PM-6, PCTX-11: every gauge is there, and a problem that was resolved goes back to 0', async () => {
  const service = testDelivery();
  const ask = async (path: string): Promise<string> =>
    (await service.operations(new Request(`http://x${path}`))).text();
  const gauges = async () => {
    const text = await ask('/metrics');
    const names = Object.keys(PROBLEM_GAUGES);
    return Object.fromEntries(names.map((name) => [name, Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])]));
  };
  assert.equal(await ask('/debug/push_status'), '{}');
  const none = Object.fromEntries(Object.keys(PROBLEM_GAUGES).map((name) => [name, 0]));
  assert.deepEqual(await gauges(), none);

  const cluster = 'outbound|80||empty.test';
  service.configure(serviceEntry('empty.test'));
  await service.poll('clusters');
  await service.builder.build('config');
  assert.deepEqual(await gauges(), { ...none, pilot_eds_no_instances: 1 });
  const told = JSON.parse(await ask('/debug/push_status')) as Record<string, Record<string, object>>;
  assert.deepEqual(Object.keys(told['pilot_eds_no_instances'] ?? {}), [cluster]);

  service.configure(serviceEntry('empty.test', '10.0.0.1'));
  await service.builder.build('config');
  assert.deepEqual(await gauges(), none);
});
