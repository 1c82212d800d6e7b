import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extensionLists } from '../../../lib/delivery/extension-lists.ts';

const extensions = Array.from({ length: 100 }, (_, index) => ({
  name: `envoy.filter.number_${index}`,
  category: 'odd ] text, "quoted" \\',
  type_urls: [`a.b.C${index}`],
}));
const poll = (version: string, list: readonly object[] = extensions): string =>
  JSON.stringify({ version_info: version, node: { id: 'a', extensions: list }, resource_names: [version] });

test('DLV-1: a list of extensions that was read once is cut out of the polls after it, whatever else they say', () => {
  const lists = extensionLists();
  assert.equal(lists.cut(poll('1')), poll('1'));
  lists.learn(poll('1'));
  assert.equal(lists.cut(poll('2')), poll('2', []));
});

test('a list that differs, is short or is no list stays', () => {
  const lists = extensionLists();
  lists.learn(poll('1'));
  const long = JSON.stringify({ name: 'x'.repeat(5_000) });
  for (const text of [
    poll('1', extensions.toReversed()),
    poll('1', extensions.slice(0, 2)),
    `{"a":${long},"extensions":{}}`,
    `{"a":${long},"text\\"extensions":[`,
    long,
  ]) {
    lists.learn(text);
    if (!text.includes('"extensions":[{')) assert.equal(lists.cut(text), text);
  }
  const cut = (text: string): unknown => JSON.parse(lists.cut(text)) as unknown;
  assert.deepEqual(cut(poll('1', extensions.slice(0, 2))), JSON.parse(poll('1', extensions.slice(0, 2))));
});

test('a text that ends within its list, or has another key of that ending, is not learnt from', () => {
  const lists = extensionLists();
  const broken = poll('1').slice(0, 6_000);
  lists.learn(broken);
  assert.equal(lists.cut(broken), broken);
  const odd = poll('1').replace('"extensions":[', '"x\\"extensions":[');
  lists.learn(odd);
  assert.equal(lists.cut(odd), odd);
});
