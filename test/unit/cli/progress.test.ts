import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { withProgress } from '../../../lib/cli/progress.ts';

/** What goes to a standard error of that sort while some work is done. */
async function shownOn(t: TestContext, terminal: { readonly isTTY: boolean; readonly columns: number }) {
  const written: string[] = [];
  const before = Object.getOwnPropertyDescriptors(process.stderr);
  for (const [name, value] of Object.entries(terminal)) {
    Object.defineProperty(process.stderr, name, { value, configurable: true });
  }
  t.after(() => {
    for (const name of ['isTTY', 'columns'] as const) {
      const was = before[name];
      if (was) Object.defineProperty(process.stderr, name, was);
      else Reflect.deleteProperty(process.stderr, name);
    }
  });
  t.mock.method(process.stderr, 'write', (text: string) => written.push(text) > 0);
  assert.equal(await withProgress('applying', () => Promise.resolve('done')), 'done');
  return written.join('');
}

test('a pipe is shown nothing', async (t) => {
  assert.equal(await shownOn(t, { isTTY: false, columns: 80 }), '');
});

test('a terminal that does not know its width is shown nothing: a spinner would never end there', async (t) => {
  assert.equal(await shownOn(t, { isTTY: true, columns: 0 }), '');
});
