import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromiumEnvironment } from '../../tools/fetch/chromium.ts';
import { fetchedProgram } from '../../tools/fetch/fetch-program.ts';
import { startGuarded } from '../../tools/support/guarded-process.ts';
import { repositoryRoot } from '../../tools/support/repository.ts';
import { waitUntil } from '../../tools/support/wait-until.ts';
import { openDevtools } from './devtools.ts';
import { tempDir } from './temp-dir.ts';

/** A real browser without a window. It ends with this process. */
export interface Browser {
  /** A tab of its own. */
  readonly openPage: () => Promise<Page>;
  readonly stop: () => Promise<void>;
}

/** One tab, driven as a person would: by where it goes, what it shows and what is typed. */
export interface Page {
  /** What went wrong in the page so far: errors on its console, exceptions, what its policy forbade, what did not load. */
  readonly problems: readonly string[];
  readonly goTo: (url: string) => Promise<void>;
  /** Runs a function in the page; it sees nothing of the test but its argument, which must be JSON, as must what it answers. */
  readonly run: <T, A = undefined>(inPage: (argument: A) => T, argument?: A) => Promise<T>;
  /** Asks the page again and again until the function answers true. */
  readonly until: <A = undefined>(what: string, inPage: (argument: A) => boolean, argument?: A) => Promise<void>;
  readonly press: (key: 'Tab' | 'Enter' | 'Escape') => Promise<void>;
  /** Types into whatever has the focus. */
  readonly type: (text: string) => Promise<void>;
  readonly resize: (width: number, height: number) => Promise<void>;
  readonly prefer: (scheme: 'light' | 'dark') => Promise<void>;
  /** Saves a picture of what is seen under a name in `.cache/screenshots`, for people to look at. */
  readonly photograph: (name: string) => Promise<void>;
}

const START_TIMEOUT_MS = 60_000;
const PAGE_TIMEOUT_MS = 30_000;

export async function startBrowser(): Promise<Browser> {
  const program = await fetchedProgram('chromium');
  const profile = tempDir();
  const portFile = join(profile.path, 'DevToolsActivePort');
  const server = startGuarded({
    program,
    // Its sandbox does not start for root, which is who runs tests in containers; the only page that it opens is ours.
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile.path}`,
    ],
    env: chromiumEnvironment(dirname(program)),
  });
  const port = (): number => Number(readIfThere(portFile).split('\n')[0]);
  const stop = async (): Promise<void> => {
    await server.stop();
    profile.remove();
  };
  try {
    const timing = { what: 'Chromium listens', timeoutMs: START_TIMEOUT_MS, detail: server.output };
    await waitUntil(() => port() > 0 || !server.isRunning(), timing);
    if (!server.isRunning()) throw new Error(`Chromium ended at once:\n${server.output()}`);
  } catch (error) {
    await stop();
    throw error;
  }
  return { openPage: () => openPage(port()), stop };
}

async function openPage(port: number): Promise<Page> {
  const answer = await fetch(`http://127.0.0.1:${port}/json/new?about:blank`, { method: 'PUT' });
  const { webSocketDebuggerUrl } = (await answer.json()) as { readonly webSocketDebuggerUrl: string };
  const { send, problems } = await openDevtools(webSocketDebuggerUrl);
  const run: Page['run'] = async (inPage, argument) => {
    const expression = `(${inPage.toString()})(${JSON.stringify(argument)})`;
    const answered = await send('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
    const { result, exceptionDetails } = answered as Evaluation;
    if (exceptionDetails) throw new Error(`in the page: ${exceptionDetails.exception?.description ?? 'an exception'}`);
    return result.value as Awaited<ReturnType<typeof inPage>>;
  };
  return {
    problems,
    run,
    async goTo(url) {
      await send('Page.navigate', { url });
      await waitUntil(() => run(() => document.readyState === 'complete' && location.href !== 'about:blank'), {
        what: `${url} is loaded`,
        timeoutMs: PAGE_TIMEOUT_MS,
      });
    },
    async until(what, inPage, argument) {
      await waitUntil(() => run(inPage, argument), {
        what,
        timeoutMs: PAGE_TIMEOUT_MS,
        detail: () => problems.join('\n'),
      });
    },
    async press(key) {
      const { code, text } = KEYS[key];
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(text !== undefined && { text }) };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async type(text) {
      await send('Input.insertText', { text });
    },
    async resize(width, height) {
      await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false });
    },
    async prefer(scheme) {
      await send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    },
    async photograph(name) {
      const { data } = (await send('Page.captureScreenshot', { format: 'png' })) as { readonly data: string };
      mkdirSync(PHOTOGRAPHS, { recursive: true });
      writeFileSync(join(PHOTOGRAPHS, `${name}.png`), Buffer.from(data, 'base64'));
    },
  };
}

const PHOTOGRAPHS = join(repositoryRoot, '.cache/screenshots');

const KEYS: Readonly<Record<'Tab' | 'Enter' | 'Escape', { readonly code: number; readonly text?: string }>> = {
  Tab: { code: 9 },
  Enter: { code: 13, text: '\r' },
  Escape: { code: 27 },
};

interface Evaluation {
  readonly result: { readonly value?: unknown };
  readonly exceptionDetails?: { readonly exception?: { readonly description?: string } };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // not written yet
  }
}
