import assert from 'node:assert/strict';
import { durationMs } from '../../lib/base/brand.ts';
import type { MemoryAnswer } from '../../lib/adapters/memory/memory-fetcher.ts';
import { FetchFailed, type FetchFailure, type Fetcher } from '../../lib/ports/fetcher.ts';
import { contractSuite, type Open, type Promises } from './contract-suite.ts';

/**
 * A fetcher whose network has the site at `base`, a name of this network that is allowed, plain http too; the name `stranger.test` leads
 * to the same private address and is not allowed; `mixed.test` has a metadata address too, and is allowed.
 */
export interface OpenedFetcher {
  readonly fetcher: Fetcher;
  /** `http://site.test:8080` */
  readonly base: string;
  /** How often the site was asked. */
  readonly hits: () => number;
}

export function fetcherContract(name: string, open: Open<OpenedFetcher>): void {
  contractSuite(`fetcher: ${name}`, { open, promises });
}

interface SiteRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/** What the site answers; every adapter is tried on this one. */
export function site({ method, path, headers, body }: SiteRequest): MemoryAnswer | undefined {
  const to = (location: string): MemoryAnswer => ({ status: 302, headers: { location } });
  const [, page = '', ...rest] = path.split('/');
  switch (page) {
    case 'text':
      return { body: 'a document', headers: { 'Content-Type': 'text/plain' } };
    case 'echo':
      return { body: JSON.stringify({ method, token: headers['authorization'] ?? null, body }) };
    case 'missing':
      return { status: 404, body: 'nothing here' };
    case 'endless':
      return { body: repeated('x'.repeat(1_000), Number.POSITIVE_INFINITY) };
    case 'slow':
      return { body: repeated('x', 1, new Promise(() => undefined)) };
    case 'loop':
      return to('/loop');
    case 'to':
      return to(decodeURIComponent(rest.join('/')));
    default:
      return undefined;
  }
}

async function* repeated(text: string, times: number, then?: Promise<unknown>): AsyncIterable<Uint8Array> {
  const chunk = new TextEncoder().encode(text);
  for (let index = 0; index < times; index += 1) yield chunk;
  await then;
}

const LIMITS = { timeout: durationMs(5_000), maxBytes: 10_000 };
const text = (body: Uint8Array): string => new TextDecoder().decode(body);

async function failsWith(fetcher: Fetcher, url: string, reason: FetchFailure): Promise<string> {
  let said = '';
  await assert.rejects(
    fetcher.fetch({ url, ...LIMITS }),
    (error) => {
      assert.ok(error instanceof FetchFailed, String(error));
      assert.equal(error.reason, reason, `${url}: ${error.message}`);
      said = error.message;
      return true;
    },
    url,
  );
  return said;
}

const to = (base: string, target: string): string => `${base}/to/${encodeURIComponent(target)}`;

const promises: Promises<OpenedFetcher> = {
  'a document comes with its status, its headers in lower case and the URL that it was at': async ({
    fetcher,
    base,
  }) => {
    const { status, headers, body, url } = await fetcher.fetch({ url: `${base}/text#part`, ...LIMITS });
    assert.deepEqual(
      [status, headers.get('content-type'), text(body), url],
      [200, 'text/plain', 'a document', `${base}/text`],
    );
  },
  'a status that is no success is an answer': async ({ fetcher, base }) => {
    const { status, body } = await fetcher.fetch({ url: `${base}/missing`, ...LIMITS });
    assert.deepEqual([status, text(body)], [404, 'nothing here']);
  },
  'a POST carries its body and headers, and is not sent again elsewhere': async ({ fetcher, base, hits }) => {
    const post = { method: 'POST', headers: { authorization: 'signed' }, body: 'a=1', ...LIMITS } as const;
    const { body } = await fetcher.fetch({ url: `${base}/echo`, ...post });
    assert.deepEqual(JSON.parse(text(body)), { method: 'POST', token: 'signed', body: 'a=1' });
    const { status } = await fetcher.fetch({ url: to(base, '/echo'), ...post });
    assert.deepEqual([status, hits()], [302, 2]);
  },
  'IDN-5: a redirect is followed, three of them, and a loop ends': async ({ fetcher, base, hits }) => {
    const twice = to(base, to(base, to(base, '/text')));
    const { body, url } = await fetcher.fetch({ url: twice, ...LIMITS });
    assert.deepEqual([text(body), url, hits()], ['a document', `${base}/text`, 4]);
    await failsWith(fetcher, `${base}/loop`, 'TooManyRedirects');
    assert.equal(hits(), 8);
  },
  'a redirect to another origin gets no headers of the caller': async ({ fetcher, base }) => {
    const headers = { authorization: 'mine' };
    const token = async (target: string): Promise<unknown> => {
      const { body } = await fetcher.fetch({ url: to(base, target), headers, ...LIMITS });
      return (JSON.parse(text(body)) as { readonly token: unknown }).token;
    };
    assert.equal(await token('/echo'), 'mine');
    assert.equal(await token(`${base.replace('site.', 'other-site.')}/echo`), null);
  },
  'IDN-5: what is not http or https, or names a user, is no URL to fetch': async ({ fetcher, base, hits }) => {
    for (const url of [
      '',
      'site.test',
      'file:///etc/passwd',
      'ftp://site.test/',
      base.replace('http://', 'http://me:pw@'),
    ]) {
      await failsWith(fetcher, url, 'BadUrl');
    }
    await failsWith(fetcher, to(base, 'file:///etc/passwd'), 'BadUrl');
    assert.equal(hits(), 1);
  },
  'IDN-5: plain http goes to hosts that are allowed it by name, after a redirect too': async ({
    fetcher,
    base,
    hits,
  }) => {
    const said = await failsWith(fetcher, 'http://elsewhere.test/keys', 'Forbidden');
    assert.equal(said, 'http://elsewhere.test is plain http; use https, or allow http://elsewhere.test by name');
    await failsWith(fetcher, to(base, 'http://elsewhere.test/keys'), 'Forbidden');
    assert.equal(hits(), 1);
  },
  'IDN-5, JWKS-14: no private, loopback, link-local or metadata address, however it is written': async ({
    fetcher,
    base,
    hits,
  }) => {
    const hosts = [
      ...[
        '127.0.0.1',
        '127.1',
        '2130706433',
        '0x7f000001',
        '0177.0.0.1',
        '0.0.0.0',
        '0',
        '10.0.0.8',
        '172.16.0.1',
        '192.168.1.1',
      ],
      ...[
        '169.254.169.254',
        '169.254.170.2',
        '2852039166',
        '100.100.100.200',
        '168.63.129.16',
        '224.0.0.1',
        '255.255.255.255',
      ],
      ...['[::1]', '[::]', '[fe80::1]', '[fc00::1]', '[fd00:ec2::254]', '[::ffff:127.0.0.1]', '[::ffff:a9fe:a9fe]'],
      ...['[::10.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[2002:7f00:1::]', '[ff02::1]'],
    ];
    for (const host of hosts) {
      await failsWith(fetcher, `https://${host}/latest/meta-data/`, 'Forbidden');
      await failsWith(fetcher, to(base, `https://${host}/latest/meta-data/`), 'Forbidden');
    }
    // The site was asked for the redirects, and by nothing else.
    assert.equal(hits(), hosts.length);
  },
  'IDN-5: a name that leads to a private address is asked only if it is allowed': async ({ fetcher, base, hits }) => {
    const said = await failsWith(fetcher, 'https://stranger.test/text', 'Forbidden');
    assert.match(said, /^stranger\.test \(127\.0\.0\.1\) is a private, .* unless it is allowed by name$/);
    await failsWith(fetcher, to(base, 'https://stranger.test/text'), 'Forbidden');
    assert.equal(hits(), 1);
  },
  'IDN-5: a name that is allowed opens no metadata address': async ({ fetcher, base, hits }) => {
    const mixed = base.replace('site.test', 'mixed.test');
    await failsWith(fetcher, `${mixed}/text`, 'Forbidden');
    assert.equal(hits(), 0);
  },
  'IDN-5: an endless body ends at the limit': async ({ fetcher, base }) => {
    const said = await failsWith(fetcher, `${base}/endless`, 'TooLarge');
    assert.match(said, /^the answer of site\.test:\d+ is larger than 10000 bytes$/);
  },
  'IDN-5, JWKS-16: the time is for all of it, a slow body too': async ({ fetcher, base }) => {
    const timeout = durationMs(60);
    await assert.rejects(fetcher.fetch({ url: `${base}/slow`, ...LIMITS, timeout }), {
      reason: 'TimedOut',
      message: `${base}/slow did not answer within 60 ms`,
    });
  },
  'a host that breaks off is unreachable': async ({ fetcher, base }) => {
    assert.match(
      await failsWith(fetcher, `${base}/nothing`, 'Unreachable'),
      /^http:\/\/site\.test:\d+ cannot be read: /,
    );
  },
};
