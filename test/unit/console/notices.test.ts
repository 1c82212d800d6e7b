import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notices } from '../../../lib/console/notices.js';
import { emptyState } from '../../../lib/console/page-state.js';

const shown = (state: object): string =>
  JSON.stringify(notices({ ...emptyState(), ...state }, { useToken: () => undefined }));

test('IDN-2: the console says that nobody has to prove anything', () => {
  assert.match(shown({ service: { version: '1', identity: 'none' } }), /No identity is configured/);
  assert.doesNotMatch(shown({ service: { version: '1', identity: 'proven' } }), /No identity/);
});

test('IDN-3: the console asks for a token where the service asks who reads', () => {
  assert.match(shown({ isTokenWanted: true, problem: 'The service asks who you are.' }), /"type":"password"/);
  assert.doesNotMatch(shown({}), /password/);
});
