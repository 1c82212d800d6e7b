import assert from 'node:assert/strict';
import { test } from 'node:test';
import { consoleFiles } from '../../../../lib/adapters/system/console-files.ts';
import { consoleApi, isConsolePath } from '../../../../lib/control/http/console-api.ts';

const serve = consoleApi(consoleFiles());
const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  serve(new Request(`http://x${path}`, { headers }));

test('the page is served at the root, with a policy under which only its own files run', async () => {
  const page = await get('/');
  assert.equal(page.status, 200);
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  const text = await page.text();
  assert.doesNotMatch(
    text,
    /<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/,
    'nothing within the page may run or style',
  );
});

test('everything that the page and its scripts name is served, with the type that it has', async () => {
  const types = { js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8', svg: 'image/svg+xml' };
  const named = new Set(
    [...(await (await get('/')).text()).matchAll(/(?:src|href)="(console\/[^"]+)"/g)].map(([, at]) => at),
  );
  for (const [name, bytes] of consoleFiles()) {
    if (!name.endsWith('.js')) continue;
    for (const [, file] of new TextDecoder().decode(bytes).matchAll(/^import .*'\.\/([^']+)';$/gm))
      named.add(`console/${file}`);
  }
  assert.ok(named.size >= 10, `only ${named.size} files`);
  for (const path of named) {
    const answer = await get(`/${path}`);
    assert.equal(answer.status, 200, path);
    assert.equal(answer.headers.get('content-type'), types[path?.split('.').at(-1) as keyof typeof types], path);
  }
});

test('what a browser has is not sent again, also when a front door made its tag a weak one', async () => {
  const etag = (await get('/console/page.css')).headers.get('etag') ?? '';
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
    const answer = await get('/console/page.css', { 'if-none-match': known });
    assert.deepEqual([answer.status, await answer.text(), answer.headers.get('etag')], [304, '', etag]);
  }
  assert.equal((await get('/console/page.css', { 'if-none-match': '"other"' })).status, 200);
});

test('only the files of the page can be asked for', async () => {
  for (const path of [
    '/console/',
    '/console/../package.json',
    '/console/%2e%2e/package.json',
    '/console/constructor',
  ]) {
    const { pathname } = new URL(`http://x${path}`);
    if (isConsolePath(pathname)) assert.equal((await get(path)).status, 404, path);
  }
  const posted = await serve(new Request('http://x/', { method: 'POST', body: 'x' }));
  assert.equal(posted.status, 405);
});
