import { channelOf } from '../../lib/delivery/serve-poll.ts';
import type { DiscoveryAnswer } from './delivery.ts';

/** Sends one poll: the path of its type, the names it asks for, and the version that it carries. */
export type SendPoll = (path: string, names: readonly string[], version: string) => Promise<Response>;

/** A proxy over the answers of a real control plane: it has what they say, and opens and ends its poll loops as Envoy does. */
export interface AnsweredEnvoy {
  readonly loops: () => readonly string[];
  /** Loops that have no answer yet. */
  readonly waiting: () => readonly string[];
  /** Polls in one of its loops and takes the answer, if there is one. */
  poll(loop: string, send: SendPoll): Promise<void>;
  /** Clusters that a route names and that are not there, or have no endpoint. */
  broken(): readonly string[];
  /** Names of the clusters that it has, sorted. */
  clusters(): readonly string[];
}

interface Loop {
  readonly path: string;
  readonly names: readonly string[];
  version: string;
}

export function answeredEnvoy(): AnsweredEnvoy {
  const loops = new Map<string, Loop>();
  const clusters = new Map<string, { body: string; hasOwnEndpoints: boolean }>();
  const endpoints = new Map<string, number>();
  const routes = new Map<string, readonly string[]>();
  const open = (path: string, names: readonly string[] = []): void => {
    const key = channelOf(path, names);
    if (!loops.has(key)) loops.set(key, { path, names, version: '' });
  };
  const close = (path: string, isKept: (name: string) => boolean): void => {
    for (const [key, { path: own, names }] of loops) if (own === path && !names.every(isKept)) loops.delete(key);
  };
  const takeClusters = (resources: DiscoveryAnswer['resources']): void => {
    const told = new Map(resources.map((body) => [String(body.name), body]));
    for (const [name, body] of told) {
      const text = JSON.stringify(body);
      if (clusters.get(name)?.body === text) continue;
      const hasOwnEndpoints = body['edsClusterConfig'] !== undefined;
      clusters.set(name, { body: text, hasOwnEndpoints });
      loops.delete(channelOf('endpoints', [name]));
      if (hasOwnEndpoints) open('endpoints', [name]);
    }
    for (const name of clusters.keys()) {
      if (told.has(name)) continue;
      clusters.delete(name);
      endpoints.delete(name);
    }
    close('endpoints', (name) => told.has(name));
  };
  const takeListeners = (resources: DiscoveryAnswer['resources']): void => {
    const named = new Set(textsUnder(resources, 'routeConfigName'));
    for (const name of named) open('routes', [name]);
    for (const name of routes.keys()) if (!named.has(name)) routes.delete(name);
    close('routes', (name) => named.has(name));
  };
  const take = ({ path, names: [name = ''] }: Loop, { resources }: DiscoveryAnswer): void => {
    if (path === 'clusters') takeClusters(resources);
    if (path === 'listeners') takeListeners(resources);
    if (path === 'routes') routes.set(name, textsUnder(resources, 'cluster').concat(weightedIn(resources)));
    if (path === 'endpoints' && clusters.has(name)) endpoints.set(name, textsUnder(resources, 'address').length);
  };
  open('clusters');
  open('listeners');
  return {
    loops: () => [...loops.keys()].sort(),
    waiting: () =>
      [...loops]
        .filter(([, { version }]) => version === '')
        .map(([key]) => key)
        .sort(),
    async poll(key, send) {
      const loop = loops.get(key);
      if (loop === undefined) return; // ended by an answer to another one
      const carried = loop.version;
      const response = await send(loop.path, loop.names, carried);
      // A loop that was ended or begun anew meanwhile does not hear the answer.
      if (response.status !== 200 || loops.get(key) !== loop) return;
      const answer = (await response.json()) as DiscoveryAnswer;
      loop.version = answer.version_info;
      take(loop, answer);
    },
    broken: () =>
      [...routes].flatMap(([name, named]) =>
        named
          .filter((cluster) => {
            const known = clusters.get(cluster);
            return known === undefined || (known.hasOwnEndpoints && !endpoints.get(cluster));
          })
          .map((cluster) => `route ${name} -> ${cluster}`),
      ),
    clusters: () => [...clusters.keys()].sort(),
  };
}

/** Every text, or the address itself, that stands under a key somewhere in a value. */
function textsUnder(value: unknown, key: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => textsUnder(item, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === key && typeof member === 'string' ? [member] : textsUnder(member, key),
  );
}

function weightedIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(weightedIn);
  if (typeof value !== 'object' || value === null) return [];
  const { weightedClusters } = value as { weightedClusters?: { clusters?: readonly { name?: string }[] } };
  const named = weightedClusters?.clusters?.flatMap(({ name }) => name ?? []) ?? [];
  return [...named, ...Object.values(value).flatMap(weightedIn)];
}
