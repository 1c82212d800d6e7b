import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonLog, type LogLevel } from '../../../../lib/adapters/system/log.ts';
import { StoreUnavailable } from '../../../../lib/ports/store-errors.ts';

function logInto(level: LogLevel): { log: ReturnType<typeof jsonLog>; lines: string[] } {
  const lines: string[] = [];
  return { log: jsonLog({ stream: { write: (line) => lines.push(line) }, level }), lines };
}

test('an event is one line of JSON with level, time and its fields', () => {
  const { log, lines } = logInto('info');
  log.info('apply', { revision: 7, ms: 1.5 });
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /^\{.*\}\n$/);
  const { time, ...line } = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  assert.deepEqual(line, { level: 'info', event: 'apply', revision: 7, ms: 1.5 });
  assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
});

test('events below the level are dropped', () => {
  for (const [level, expected] of [
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
    ['silent', []],
  ] as const) {
    const { log, lines } = logInto(level);
    log.info('one');
    log.warn('two');
    log.error('three');
    assert.deepEqual(
      lines.map((line) => (JSON.parse(line) as { level: string }).level),
      expected,
    );
  }
});

test('an error among the fields is its name and message, without stack and cause', () => {
  const { log, lines } = logInto('info');
  log.error('publish', { error: new StoreUnavailable('heads/config', new Error('secret detail')) });
  assert.equal(
    (JSON.parse(lines[0] ?? '') as { error: string }).error,
    'StoreUnavailable: the store is not available for heads/config',
  );
  assert.doesNotMatch(lines[0] ?? '', /secret detail/);
});

test('a field cannot pose as the level, the time or the event', () => {
  const { log, lines } = logInto('info');
  log.warn('real', { event: 'forged', level: 'info', time: 0 });
  assert.match(
    lines[0] ?? '',
    /^\{"level":"warn","time":"[^"]+","event_":"forged","level_":"info","time_":0,"event":"real"\}\n$/,
  );
});

test('line breaks in fields do not break lines', () => {
  const { log, lines } = logInto('info');
  log.info('poll', { node: 'a\nb\u2028' });
  assert.equal((lines[0] ?? '').trimEnd().split('\n').length, 1);
});
