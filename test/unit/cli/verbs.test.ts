import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { verbs } from '../../../lib/cli/verbs.ts';

test('every verb has a name of its own, and what it loads gives it options and something to do', async () => {
  assert.equal(new Set(verbs.map(({ name }) => name)).size, verbs.length);
  for (const { name, description, load } of verbs) {
    assert.notEqual(description, '', name);
    const verb = (await load())(new Command(name));
    assert.equal(verb.name(), name);
    assert.ok(verb.options.length + verb.registeredArguments.length + verb.commands.length > 0, name);
  }
});
