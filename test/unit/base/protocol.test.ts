import assert from 'node:assert/strict';
import { test } from 'node:test';
import { afterTlsTermination, isHttp, isHttp2, isTcp, isTls, parseProtocol } from '../../../lib/base/protocol.ts';

test('HN-11: words are read in any case, unknown ones and none are unsupported', () => {
  assert.equal(parseProtocol('HTTP_Proxy'), 'http_proxy');
  assert.equal(parseProtocol('grpc-WEB'), 'grpc-web');
  for (const word of [undefined, '', 'quic', 'http ']) assert.equal(parseProtocol(word), 'unsupported');
});

const classes: readonly [string, readonly boolean[]][] = [
  ['http', [true, false, false, false]],
  ['http_proxy', [true, false, false, false]],
  ['grpc', [true, true, false, false]],
  ['https', [false, false, true, true]],
  ['tls', [false, false, true, true]],
  ['mysql', [false, false, true, false]],
  ['udp', [false, false, false, false]],
  ['quic', [false, false, false, false]],
];

for (const [word, expected] of classes) {
  test(`HN-12: classes of ${word}`, () => {
    const protocol = parseProtocol(word);
    assert.deepEqual([isHttp(protocol), isHttp2(protocol), isTcp(protocol), isTls(protocol)], expected);
  });
}

test('HN-13: taking TLS off HTTPS leaves HTTP, off TLS leaves TCP', () => {
  assert.equal(afterTlsTermination('https'), 'http');
  assert.equal(afterTlsTermination('tls'), 'tcp');
  assert.equal(afterTlsTermination('mongo'), 'mongo');
});
