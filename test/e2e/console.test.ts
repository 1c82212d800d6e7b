import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { type Backend, backends } from '../support/backends.ts';
import { type Browser, type Page, startBrowser } from '../support/browser.ts';
import { serviceEntry } from '../support/delivery.ts';
import { apply, startService } from '../support/local-mesh.ts';
import { need } from '../support/needs.ts';
import { pollingProxy } from '../support/polling-proxy.ts';

const bookshop = ['services', 'routing', 'canary']
  .map((name) => readFileSync(join(repositoryRoot, 'examples/bookshop', `${name}.yaml`), 'utf8'))
  .join('---\n');
/** A service that the sidecars get a cluster of. */
const payments = serviceEntry('payments.reviews.svc.cluster.local', '10.1.1.1').replace(
  '{ name',
  '{ namespace: reviews, name',
);
const hostile = '<img src=x onerror="document.title=\'broken\'">';

const needsBrowser = await need('chromium');

describe('the console', needsBrowser, () => {
  let browser: Browser;
  before(async () => void (browser = await startBrowser()));
  after(() => browser.stop());

  /** An empty service of its own, and a tab on its page. */
  async function opened(t: TestContext): Promise<{ readonly url: string; readonly page: Page }> {
    const service = await startService();
    t.after(() => service.stop());
    const page = await browser.openPage();
    await page.resize(1280, 900);
    await page.goTo(service.url);
    await page.until('the first answers are shown', () => document.querySelector('#history') !== null);
    return { url: service.url, page };
  }

  test('IDN-2: an empty service says that nobody has to prove anything, and what to do first', async (t) => {
    const { page } = await opened(t);
    const text = await textOf(page);
    assert.match(text, /No identity is configured/);
    assert.match(text, /npx pilotless apply -f/);
    assert.match(text, /npx pilotless bootstrap --id/);
    await page.photograph('console-empty');
    assert.deepEqual(page.problems, []);
  });

  test('a mesh is shown: what the newest revision changed, which views, which proxies, and what came before', async (t) => {
    const { url, page } = await opened(t);
    const { gateway, reviews } = await sampleMesh(url);
    await page.until('all have it', () => document.querySelector('#revision progress[value="3"][max="3"]') !== null);
    await page.until('three proxies', () => document.querySelectorAll('#proxies tbody tr').length === 3);
    assert.deepEqual(await rowsOf(page, '#proxies'), ['gateway-1', 'reviews-1', 'reviews-2']);
    assert.deepEqual(
      await page.run(() => [...document.querySelectorAll('#proxies .badge')].map((b) => b.textContent)),
      ['SYNCED', 'SYNCED', 'SYNCED'],
    );
    assert.equal((await rowsOf(page, '#views')).length, 2);
    assert.match(await textOf(page, '#revision'), /Revision 1/);
    assert.match(await textOf(page, '#revision'), /VirtualService reviews\/reviews/);
    assert.match(
      await textOf(page, '#revision .clock'),
      /Acknowledged .*\sBuilt \+.*\sFirst proxy \+.*\sAll of them \+/s,
    );
    assert.match(await textOf(page, '#objects'), /Nothing is wrong with any of them/);
    assert.equal((await rowsOf(page, '#objects')).length, 9);
    await page.until('what proxies took of it', () =>
      /ServiceEntry\s+ratings\/ratings\s+PROGRAMMED\s+2\/2/.test(
        document.querySelector<HTMLElement>('#objects')?.innerText ?? '',
      ),
    );
    await page.photograph('console-mesh');

    await apply(url, bookshop.replace('weight: 90', 'weight: 50').replace('weight: 10', 'weight: 50'));
    await apply(url, payments);
    await reviews.refuse();
    await page.until(
      'the new revision is shown',
      () => document.querySelector('#revision h2')?.textContent === 'Revision 3',
    );
    await page.until(
      'a rejection is shown',
      () => document.querySelector('#proxies tr .badge[data-state="REJECTED"]') !== null,
    );
    assert.match(await textOf(page, '#proxies .suspects'), /CDS: suspected: .*payments\.reviews\.svc\.cluster\.local/);
    await page.until('whose it is', () =>
      /ServiceEntry\s+reviews\/payments\s+REJECTED/.test(
        document.querySelector<HTMLElement>('#objects')?.innerText ?? '',
      ),
    );
    await page.run(() => document.querySelector('#objects')?.scrollIntoView({ behavior: 'instant' }));
    await page.photograph('console-objects');
    await gateway.settle();
    await lookNow(page);
    await page.photograph('console-rejected');
    await page.run(() => scrollTo(0, document.body.scrollHeight));
    await page.photograph('console-below');
    assert.deepEqual(page.problems, []);
  });

  test('what one revision changed opens by keyboard, field by field, and Escape closes it', async (t) => {
    const { url, page } = await opened(t);
    await sampleMesh(url);
    await apply(url, bookshop.replace('weight: 90', 'weight: 70').replace('weight: 10', 'weight: 30'));
    await page.until('revision 2', () => document.querySelector('#history a[href="#difference-2"]') !== null);
    await page.run(() => document.querySelector<HTMLElement>('#history a[href="#difference-2"]')?.focus());
    await page.press('Enter');
    await page.until('the fields', () => document.querySelectorAll('dialog[open] .fields tbody tr').length === 2);
    const fields = await textOf(page, 'dialog');
    assert.match(fields, /spec\.http\[0\]\.route\[0\]\.weight\s*90\s*70/);
    await page.photograph('console-difference');
    await page.press('Escape');
    await page.until('it is closed', () => !document.querySelector('dialog')?.open && location.hash === '');
    assert.equal(await page.run(() => document.activeElement?.getAttribute('href')), '#difference-2');
    assert.deepEqual(page.problems, []);
  });

  test('a name or a message that looks like markup is shown as it is written', async (t) => {
    const { url, page } = await opened(t);
    const named = `${url}/v1/apply?message=${encodeURIComponent(hostile)}`;
    await fetch(named, { method: 'POST', body: bookshop });
    await rollbackTo(url, 1, hostile);
    await pollingProxy(url, { name: '<b>x</b>', namespace: 'edge', labels: { app: '<i>y</i>' } }).settle();
    await page.until('the message', (text) => document.body.innerText.includes(text), hostile);
    await page.until('the proxy', () => document.body.innerText.includes('<b>x</b>'));
    assert.equal(await page.run(() => document.querySelectorAll('main img, main b:not(li b), main i').length), 0);
    assert.notEqual(await page.run(() => document.title), 'broken');
    assert.deepEqual(page.problems, []);
  });

  test('a thousand proxies are a page of a hundred, which filters by words and by state; looking again moves nothing', async (t) => {
    const { url, page } = await opened(t);
    await apply(url, bookshop);
    await manyProxies(url, 1_000);
    await lookNow(page);
    await page.until('all are counted', () => document.querySelector('#proxies h2 small')?.textContent === '1,000');
    assert.equal(await page.run(() => document.querySelectorAll('#proxies tbody tr').length), 100);
    assert.equal((await rowsOf(page, '#proxies'))[0], 'task-0000');

    await page.run(() => document.querySelector<HTMLElement>('#proxy-filter')?.focus());
    await page.type('task-07 edge');
    await page.until('a hundred fit', () => document.querySelector('#proxies tbody th')?.textContent === 'task-0700');
    await page.run(() => scrollTo(0, 900));
    const reads = await page.run(() => performance.getEntriesByName(new URL('v1/views', location.href).href).length);
    await page.until(
      'it has looked again',
      (seen) => performance.getEntriesByName(new URL('v1/views', location.href).href).length > seen,
      reads,
    );
    assert.deepEqual(
      await page.run(() => [scrollY, document.activeElement?.id, document.querySelector('input')?.value]),
      [900, 'proxy-filter', 'task-07 edge'],
    );

    await page.run(() => document.querySelector<HTMLElement>('.chip[data-state="SYNCED"]')?.click());
    await page.until(
      'only that state',
      () => document.querySelector('.chip[aria-pressed="true"]')?.textContent === 'SYNCED 1,000',
    );
    await page.run(() => document.querySelector<HTMLElement>('#proxy-filter')?.focus());
    await page.type(' nowhere');
    await page.until('nothing fits', () => /No proxy fits/.test(document.querySelector('#proxies')?.textContent ?? ''));
    assert.deepEqual(page.problems, []);
  });

  test('older revisions are loaded when they are asked for, and stay when a newer one comes', async (t) => {
    const { url, page } = await opened(t);
    for (let number = 1; number <= 120; number += 1) {
      await apply(url, serviceEntry('reviews.default.svc.cluster.local', `10.0.0.${number}`));
    }
    const shown = (count: number) =>
      page.until(`${count} revisions`, (wanted) => document.querySelectorAll('#history li').length === wanted, count);
    await shown(50);
    const more = () => page.run(() => document.querySelector<HTMLElement>('#history button')?.click());
    await more();
    await shown(100);
    await more();
    await shown(120);
    assert.equal(await page.run(() => document.querySelector('#history button')), null);
    await apply(url, serviceEntry('reviews.default.svc.cluster.local', '10.0.1.1'));
    await shown(121);
    assert.deepEqual(page.problems, []);
  });

  test('a service that has gone is said calmly, what was known stays, and all is well when it is back', async (t) => {
    const { url, page } = await opened(t);
    await sampleMesh(url);
    await page.until('three proxies', () => document.querySelectorAll('#proxies tbody tr').length === 3);
    await page.run(() => {
      const real = globalThis.fetch;
      globalThis.fetch = async () => Promise.reject(new TypeError('Failed to fetch'));
      addEventListener('well-again', () => (globalThis.fetch = real));
    });
    await lookNow(page);
    await page.until('it says so', () => /does not answer/.test(document.querySelector('#notices')?.textContent ?? ''));
    assert.equal((await rowsOf(page, '#proxies')).length, 3);
    await page.photograph('console-gone');
    await page.run(() => void dispatchEvent(new Event('well-again')));
    await lookNow(page);
    await page.until(
      'it is back',
      () => !/does not answer/.test(document.querySelector('#notices')?.textContent ?? ''),
    );
    assert.deepEqual(page.problems, []);
  });

  for (const scheme of ['light', 'dark'] as const) {
    test(`it is readable on a phone and on a wide screen, in ${scheme}`, async (t) => {
      const { url, page } = await opened(t);
      const { reviews } = await sampleMesh(url);
      await apply(url, payments);
      await reviews.refuse();
      await page.prefer(scheme);
      await page.until(
        'a rejection',
        () => document.querySelector('#proxies tr .badge[data-state="REJECTED"]') !== null,
      );
      for (const width of [360, 1600]) {
        await page.resize(width, 900);
        const isTooWide = await page.run(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(isTooWide, false, `wider than ${width}`);
        assert.deepEqual(await page.run(tooFaint), []);
        for (const place of ['#revision', '#objects', '#proxies', '#views', '#history']) {
          await page.run((id) => document.querySelector(id)?.scrollIntoView({ behavior: 'instant' }), place);
          await page.photograph(`console-${scheme}-${width}-${place.slice(1)}`);
        }
      }
      assert.deepEqual(page.problems, []);
    });
  }
});

/** Texts whose contrast with what is behind them is under 4.5 to 1 (WCAG 2.2, 1.4.3). Runs in the page. */
function tooFaint(): string[] {
  const channels = (color: string): number[] => (color.match(/[\d.]+/g) ?? []).map(Number);
  const light = (color: string): number => {
    const [r = 0, g = 0, b = 0] = channels(color).map((each) => {
      const part = each / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element: Element | null): string => {
    if (!element) return 'rgb(255, 255, 255)';
    const { backgroundColor } = getComputedStyle(element);
    return channels(backgroundColor)[3] === 0 ? behind(element.parentElement) : backgroundColor;
  };
  const texts = [...document.querySelectorAll('body *')].filter((element) =>
    [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim() !== ''),
  );
  return texts.flatMap((element) => {
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    return ratio >= 4.5 ? [] : [`${element.textContent?.trim()} ${ratio.toFixed(1)}`];
  });
}

for (const backend of backends) {
  const needs = await need('chromium', ...backend.programs);
  test(`the page works on ${backend.name}, with its own files, policy and tags`, needs, (t) => onBackend(t, backend));
}

async function onBackend(t: TestContext, backend: Backend): Promise<void> {
  const service = await backend.start();
  t.after(() => service.stop());
  const browser = await startBrowser();
  t.after(() => browser.stop());
  await sampleMesh(service.url);
  const page = await browser.openPage();
  await page.goTo(service.url);
  await page.until('the proxies', () => document.querySelectorAll('#proxies tbody tr').length === 3);
  await page.until('the views', () => document.querySelectorAll('#views tbody tr').length === 2);
  assert.deepEqual(page.problems, []);

  const script = await fetch(`${service.url}/console/main.js`);
  assert.match(script.headers.get('content-type') ?? '', /^text\/javascript/);
  assert.match(script.headers.get('content-security-policy') ?? '', /script-src 'self'/);
  const headers = { 'if-none-match': script.headers.get('etag') ?? '' };
  await script.arrayBuffer();
  assert.equal((await fetch(`${service.url}/console/main.js`, { headers })).status, 304);
  assert.equal((await fetch(`${service.url}/console/package.json`)).status, 404);
}

/** The bookshop with a gateway and two equal sidecars that have it all. */
async function sampleMesh(url: string) {
  await apply(url, bookshop);
  const gateway = pollingProxy(url, {
    name: 'gateway-1',
    namespace: 'edge',
    type: 'router',
    labels: { app: 'gateway' },
  });
  const labels = { app: 'reviews', version: 'v1' };
  const reviews = pollingProxy(url, { name: 'reviews-1', namespace: 'reviews', labels, address: '10.0.0.11' });
  const others = [
    gateway,
    pollingProxy(url, { name: 'reviews-2', namespace: 'reviews', labels, address: '10.0.0.12' }),
  ];
  for (const proxy of [reviews, ...others]) await proxy.settle();
  return { gateway, reviews };
}

async function manyProxies(url: string, count: number): Promise<void> {
  const proxies = Array.from({ length: count }, (_, index) =>
    pollingProxy(url, { name: `task-${String(index).padStart(4, '0')}`, namespace: 'edge', labels: { app: 'task' } }),
  );
  const next = proxies.values();
  const work = async (): Promise<void> => {
    for (const proxy of next) await proxy.settle();
  };
  await Promise.all(Array.from({ length: 16 }, work));
}

async function rollbackTo(url: string, revision: number, message: string): Promise<void> {
  const path = `${url}/v1/revisions/${revision}/rollback?message=${encodeURIComponent(message)}`;
  await waitUntil(async () => (await fetch(path, { method: 'POST' })).ok, { what: 'rolled back', timeoutMs: 5_000 });
}

/** Makes the page look now instead of a few seconds later, as it does when somebody comes back to it. */
const lookNow = (page: Page): Promise<void> =>
  page.run(() => void document.dispatchEvent(new Event('visibilitychange')));

const textOf = (page: Page, selector = 'body'): Promise<string> =>
  page.run((at) => document.querySelector<HTMLElement>(at)?.innerText ?? '', selector);

const rowsOf = (page: Page, selector: string): Promise<readonly string[]> =>
  page.run((at) => [...document.querySelectorAll(`${at} tbody th`)].map((cell) => cell.textContent ?? ''), selector);
