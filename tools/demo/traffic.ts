import { Agent, get, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { waitUntil } from '../support/wait-until.ts';
import { textOf } from './bookshop-apps.ts';

/** What the requests of one span of time met. */
export interface Tally {
  readonly requests: number;
  /** Requests by the version of the reviews that answered. */
  readonly byVersion: Readonly<Record<string, number>>;
  readonly failures: readonly string[];
}

/** A steady stream of requests from outside, over connections that stay open, until it is stopped. */
export interface Traffic {
  /** Everything since the last call, and starts counting anew. */
  readonly take: () => Tally;
  /** Resolves when that many requests were answered since the last `take`. */
  readonly hasAnswered: (requests: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface TrafficOptions {
  readonly port: number;
  readonly host: string;
  readonly perSecond: number;
}

export function startTraffic({ port, host, perSecond }: TrafficOptions): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const running = new Set<Promise<void>>();
  let tally = emptyTally();
  let isStopped = false;

  const request = async (): Promise<void> => {
    try {
      const version = await versionThatAnswers(agent, port, host);
      tally.byVersion[version] = (tally.byVersion[version] ?? 0) + 1;
    } catch (error) {
      tally.failures.push(error instanceof Error ? error.message : String(error));
    }
    tally.requests += 1;
  };
  const loop = (async () => {
    while (!isStopped) {
      const sent = request().finally(() => running.delete(sent));
      running.add(sent);
      await delay(1000 / perSecond);
    }
    await Promise.all(running);
    agent.destroy();
  })();

  return {
    take: () => {
      const taken = tally;
      tally = emptyTally();
      return taken;
    },
    hasAnswered: (requests) =>
      waitUntil(() => tally.requests >= requests, {
        what: `${requests} requests are answered`,
        timeoutMs: 10_000 + (10 * 1000 * requests) / perSecond,
        detail: () => JSON.stringify(tally),
      }),
    stop: async () => {
      isStopped = true;
      await loop;
    },
  };
}

const emptyTally = (): { requests: number; byVersion: Record<string, number>; failures: string[] } => ({
  requests: 0,
  byVersion: {},
  failures: [],
});

async function versionThatAnswers(agent: Agent, port: number, host: string): Promise<string> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const options = { agent, host: '127.0.0.1', port, path: '/', headers: { host }, timeout: 10_000 };
    const request = get(options, resolve);
    request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer in 10 s')));
  });
  const body = await textOf(response);
  if (response.statusCode !== 200) throw new Error(`${String(response.statusCode)} ${body}`);
  const { reviews, stars } = JSON.parse(body) as { reviews?: string; stars?: number };
  if (reviews === undefined || stars !== 5) throw new Error(`an answer without reviews or ratings: ${body}`);
  return reviews;
}
