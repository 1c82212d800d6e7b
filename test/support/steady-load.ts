import { Agent, get } from 'node:http';

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
}

export function steadyLoad({ host, port, perSecond }: LoadTarget): SteadyLoad {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const failures = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let finished = 0;
  const end = (how: string): void => {
    finished += 1;
    if (how !== '200') failures.set(how, (failures.get(how) ?? 0) + 1);
  };
  const send = (): Promise<void> =>
    new Promise((resolve) => {
      const request = get({ host: '127.0.0.1', port, headers: { host }, agent }, (answer) => {
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
