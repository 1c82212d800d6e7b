import { Agent, request } from 'node:http';

/** Polls to send again and again, one after the other, and for how long. */
export interface PollLoad {
  readonly url: string;
  readonly bodies: readonly string[];
  readonly expectedStatus: number;
  readonly seconds: number;
  readonly connections: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
}

/** Sends polls over connections that stay open, each as soon as the one before is answered. Any other status throws. */
export async function pollLoad({ url, bodies, expectedStatus, seconds, connections }: PollLoad): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const started = performance.now();
  const deadline = started + seconds * 1000;
  let requests = 0;
  const one = async (): Promise<void> => {
    while (performance.now() < deadline) {
      const body = bodies[requests % bodies.length] ?? '';
      requests += 1;
      const status = await postPoll(agent, url, body);
      if (status !== expectedStatus) throw new Error(`${url} answered ${status}, expected ${expectedStatus}`);
    }
  };
  try {
    await Promise.all(Array.from({ length: connections }, one));
  } finally {
    agent.destroy();
  }
  return { requests, seconds: (performance.now() - started) / 1000 };
}

/** Sends one poll and throws the answer's body away; answers the status. */
export function postPoll(agent: Agent, url: string, body: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { agent, method: 'POST', headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end(body);
  });
}
