import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMs } from '../../../../lib/base/brand.ts';
import type { Propagation } from '../../../../lib/control/status/propagation.ts';
import { propagation } from '../../../../lib/control/status/propagation.ts';
import { serviceEntry, sentIn, testDelivery } from '../../../support/delivery.ts';

const seconds = (said: Propagation): readonly (string | undefined)[] =>
  [said.builtAt, said.firstAt, said.halfAt, said.allAt].map((time) => time?.slice(17, 19));

test('how a revision spread is told by when the first, half and all of its proxies had it', () => {
  const built = { revision: 3, builtAt: epochMs(1_000) };
  const took = (...at: readonly (number | undefined)[]) =>
    propagation(
      built,
      at.map((second) => (second === undefined ? undefined : epochMs(second * 1_000))),
    );
  assert.deepEqual(seconds(took(5, 2, 9, 4)), ['01', '02', '04', '09']);
  assert.deepEqual(seconds(took(5, undefined, 2)), ['01', '02', '05', undefined]);
  assert.deepEqual(seconds(took(undefined, undefined)), ['01', undefined, undefined, undefined]);
  assert.deepEqual(seconds(took()), ['01', undefined, undefined, undefined], 'it gave nobody anything new');
  assert.deepEqual([took(5, undefined).have, took(5, undefined).of], [1, 2]);
});

test('a proxy had a revision when it was sent what it has of it', async () => {
  const service = testDelivery();
  const told = async (): Promise<Propagation> => {
    const answer = await service.proxies(new Request('http://x/v1/proxies'));
    return ((await answer.json()) as { propagation: Propagation }).propagation;
  };
  const host = 'reviews.default.svc.cluster.local';
  service.configure(serviceEntry(host, '10.0.0.1'));
  const names = [`outbound|80||${host}`];
  const { version_info: first } = await sentIn(await service.poll('endpoints', { names }));
  await service.poll('endpoints', { names, version: first });
  service.clock.advance(1_000);
  service.configure(serviceEntry(host, '10.0.0.2'));
  await service.builder.build('config');
  assert.deepEqual(
    [(await told()).have, (await told()).of, ...seconds(await told())],
    [0, 1, '01', undefined, undefined, undefined],
  );
  service.clock.advance(4_000);
  const { version_info: second } = await sentIn(await service.poll('endpoints', { names, version: first }));
  service.clock.advance(5_000);
  await service.poll('endpoints', { names, version: second });
  assert.deepEqual([(await told()).have, ...seconds(await told())], [1, '01', '05', '05', '05']);
});
