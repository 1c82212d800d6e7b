import { Agent, get } from 'node:http';
import { Agent as TlsAgent, get as getByTls } from 'node:https';

/** Requests that come at a steady pace, whatever becomes of those before them. */
export interface SteadyLoad {
  readonly finished: () => number;
  /** How those ended that did not end with 200, each once with its number. */
  readonly failures: () => ReadonlyMap<string, number>;
  /** Sends no more, and ends when all have ended. */
  readonly stop: () => Promise<void>;
}

export interface LoadTarget {
  readonly host: string;
  readonly port: number;
  readonly perSecond: number;
  /** Authorities that the server is checked by; plain text without them. */
  readonly ca?: string;
}

/** Of requests by TLS so many go on a connection of their own, so that there are handshakes all the time. */
const FRESH = 4;

export function steadyLoad({ host, port, perSecond, ca }: LoadTarget): SteadyLoad {
  const pool = { keepAlive: true, maxSockets: 64 };
  const agent = ca === undefined ? new Agent(pool) : new TlsAgent({ ...pool, maxCachedSessions: 0 });
  const ask = ca === undefined ? get : getByTls;
  const failures = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let finished = 0;
  const end = (how: string): void => {
    finished += 1;
    if (how !== '200') failures.set(how, (failures.get(how) ?? 0) + 1);
  };
  const send = (): Promise<void> =>
    new Promise((resolve) => {
      const isFresh = ca !== undefined && sent % FRESH === 0;
      const secure = { ...(ca !== undefined && { ca, servername: host }), ...(isFresh && { agent: false as const }) };
      const request = ask({ host: '127.0.0.1', port, headers: { host }, agent, ...secure }, (answer) => {
        const { statusCode, headers } = answer;
        let body = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        answer.on('close', () => {
          end(statusCode === 200 ? '200' : `${statusCode} ${body} ${String(headers['server'] ?? '')}`);
          resolve();
        });
      });
      request.on('error', (error) => {
        end(error.message);
        resolve();
      });
    });
  const started = performance.now();
  let sent = 0;
  // A busy machine fires a timer late: whatever has become due is sent then.
  const timer = setInterval(() => {
    for (const due = ((performance.now() - started) * perSecond) / 1_000; sent < due; sent += 1) {
      const sending = send();
      underWay.add(sending);
      void sending.then(() => underWay.delete(sending));
    }
  }, 1_000 / perSecond);
  return {
    finished: () => finished,
    failures: () => failures,
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
      agent.destroy();
    },
  };
}
