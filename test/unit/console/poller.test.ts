import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pollWhileVisible } from '../../../lib/console/poller.js';

/** A page that a test hides and shows, and a clock whose next alarm it rings. */
function surroundings() {
  let listener = (): void => undefined;
  let alarm: { readonly run: () => void; readonly pauseMs: number } | undefined;
  const document = {
    hidden: false,
    addEventListener: (_type: 'visibilitychange', added: () => void) => void (listener = added),
  };
  return {
    document,
    now: () => 0,
    after: (run: () => void, pauseMs: number) => {
      alarm = { run, pauseMs };
      return () => void (alarm = undefined);
    },
    pause: () => alarm?.pauseMs,
    async ring(): Promise<void> {
      alarm?.run();
      await settled();
    },
    async hide(isHidden: boolean): Promise<void> {
      document.hidden = isHidden;
      listener();
      await settled();
    },
  };
}

/** Lets everything run that waits for nothing but promises. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
}

test('the page looks at once and again, rests while it is hidden, and looks at once when it is seen again', async () => {
  const page = surroundings();
  let looks = 0;
  const look = async (): Promise<boolean> => ((looks += 1), true);
  pollWhileVisible(look, page);
  await settled();
  await page.ring();
  assert.deepEqual([looks, page.pause()], [2, 3_000]);
  await page.hide(true);
  assert.deepEqual([looks, page.pause()], [2, undefined]);
  await page.hide(false);
  assert.deepEqual([looks, page.pause()], [3, 3_000]);
});

test('the page asks a service that fails less and less often, and as before once it is well', async () => {
  const page = surroundings();
  let isWell = false;
  pollWhileVisible(async () => isWell, page);
  await settled();
  const pauses = [page.pause()];
  for (let look = 0; look < 3; look += 1) {
    await page.ring();
    pauses.push(page.pause());
  }
  assert.deepEqual(pauses, [6_000, 12_000, 15_000, 15_000]);
  isWell = true;
  await page.ring();
  assert.equal(page.pause(), 3_000);
});

test('a look that takes long is followed by a longer rest, and two never run at once', async () => {
  let time = 0;
  const page = { ...surroundings(), now: () => time };
  const under = Promise.withResolvers<boolean>();
  let looks = 0;
  pollWhileVisible(async () => ((looks += 1), under.promise), page);
  await page.hide(false);
  assert.equal(looks, 1);
  time = 2_000;
  under.resolve(true);
  await settled();
  assert.equal(page.pause(), 10_000);
});
