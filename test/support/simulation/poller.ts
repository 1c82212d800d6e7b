import { MARKER_HEADER, MARKER_VALUE } from '../../../lib/delivery/answer.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { Happening } from './history.ts';
import type { HttpAnswer } from './ask.ts';
import { type PolledNode, textsIn } from './polled-node.ts';
import type { SimulatedService } from './simulated-service.ts';
import type { PolledProxy } from './scenario.ts';
import type { VirtualTime } from './virtual-time.ts';

/** An Envoy as far as its polls go: it takes any 200, keeps what it has on anything else, and asks for what it has come to know of. */
export interface Poller {
  readonly name: string;
  readonly node: PolledNode;
  /** `type/name` -> the resource as JSON. */
  readonly held: ReadonlyMap<string, string>;
  start(): void;
}

export interface PollerPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly note: (happening: Happening) => void;
  readonly service: Pick<SimulatedService, 'poll'>;
}

/** Slow, so that a schedule costs few polls; an Envoy waits from once to twice its refresh time. */
export const REFRESH_MS = 20_000;
const LONGEST_START_MS = 500;

interface Channel {
  readonly type: string;
  readonly names: readonly string[];
  versionInfo: string;
}

interface Resource {
  readonly name?: string;
  readonly clusterName?: string;
}

export function poller(ports: PollerPorts, name: string, proxy: PolledProxy): Poller {
  const node = nodeOf(name, proxy);
  const { refreshMs = REFRESH_MS } = proxy;
  const { time, random, note, service } = ports;
  const channels = new Map<string, Channel>();
  const held = new Map<string, string>();

  const open = (type: string, ...names: readonly string[]): void => {
    const key = [type, ...names].join('/');
    if (channels.has(key)) return;
    const channel = { type, names, versionInfo: '' };
    channels.set(key, channel);
    const again = async (): Promise<void> => {
      if (channels.get(key) !== channel) return;
      const asked = { at: time.now(), carried: channel.versionInfo };
      const answer = await service.poll(pollOf(channel, node));
      take({ key, channel, asked }, answer);
      time.after(refreshMs * (1 + random.fraction()), () => void again());
    };
    time.after(random.below(LONGEST_START_MS), () => void again());
  };
  /** Subscriptions of one type become exactly these; what goes takes what it held with it. */
  const subscribe = (type: string, names: ReadonlySet<string>): void => {
    for (const key of [...channels.keys()].filter((known) => known.startsWith(`${type}/`))) {
      if (names.has(key.slice(type.length + 1))) continue;
      channels.delete(key);
      held.delete(key);
    }
    for (const wanted of names) open(type, wanted);
  };
  const replaceAll = (type: string, resources: readonly Resource[]): void => {
    for (const key of [...held.keys()].filter((known) => known.startsWith(`${type}/`))) held.delete(key);
    for (const resource of resources) held.set(`${type}/${resource.name}`, JSON.stringify(resource));
  };
  const take = ({ key, channel, asked }: Sent, answer: HttpAnswer): void => {
    const body = answer.status === 200 ? readAnswer(answer) : undefined;
    const isUsable = body !== undefined && channels.get(key) === channel;
    if (isUsable) use(channel, body);
    note({
      ...answered(name, key, answer),
      ...(body && { resources: body.resources.length }),
      asked: { ...asked, becomes: body?.versionInfo ?? asked.carried, isOfOne: false },
      ...(isUsable && { shows: shown(held, channel) }),
    });
  };
  const use = (channel: Channel, body: Taken): void => {
    channel.versionInfo = body.versionInfo;
    if (channel.type === 'clusters') {
      replaceAll('clusters', body.resources);
      subscribe('endpoints', textsIn(body.resources, 'serviceName'));
    } else if (channel.type === 'listeners') {
      replaceAll('listeners', body.resources);
      subscribe('routes', textsIn(body.resources, 'routeConfigName'));
    } else {
      for (const resource of body.resources)
        held.set(`${channel.type}/${resource.clusterName ?? resource.name}`, JSON.stringify(resource));
    }
  };
  return {
    name,
    node,
    held,
    start() {
      open('clusters');
      open('listeners');
    },
  };
}

export function nodeOf(name: string, { type, namespace, refreshMs = REFRESH_MS }: PolledProxy): PolledNode {
  return {
    id: `${type}~10.1.0.1~${name}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: name,
    metadata: { NAMESPACE: namespace, INTERCEPTION_MODE: 'NONE', PILOTLESS_REFRESH: `${refreshMs / 1_000}s` },
  };
}

function pollOf({ type, names, versionInfo }: Channel, node: object): Parameters<SimulatedService['poll']>[0] {
  return {
    path: `/v3/discovery:${type}`,
    headers: { 'content-type': 'application/json', 'x-envoy-expected-rq-timeout-ms': '15000' },
    body: JSON.stringify({ version_info: versionInfo, node, resource_names: names }),
  };
}

/** What every poller notes of an answer. */
export function answered(poller: string, channel: string, { machine, status, headers }: HttpAnswer) {
  return {
    ...({ what: 'polled' } as const),
    ...{ poller, channel, machine, status },
    hasMarker: headers[MARKER_HEADER] === MARKER_VALUE,
    saysWhenToRetry: headers['retry-after'] !== undefined,
  };
}

/** All of a whole set, or of what the channel asks for by name. */
function shown(held: ReadonlyMap<string, string>, { type, names }: Channel): ReadonlyMap<string, string> {
  if (names.length === 0) return new Map([...held].filter(([key]) => key.startsWith(`${type}/`)));
  const keys = names.map((each) => `${type}/${each}`);
  return new Map(keys.flatMap((key) => (held.has(key) ? [[key, held.get(key) ?? ''] as const] : [])));
}

interface Sent {
  readonly key: string;
  readonly channel: Channel;
  readonly asked: { readonly at: number; readonly carried: string };
}

interface Taken {
  readonly versionInfo: string;
  readonly resources: readonly Resource[];
}

/** As an Envoy without our bootstrap reads any 200: what is not there counts as empty. `undefined` when it is no JSON object. */
function readAnswer({ body }: HttpAnswer): Taken | undefined {
  try {
    const { version_info: versionInfo = '', resources = [] } = JSON.parse(body) as {
      readonly version_info?: string;
      readonly resources?: readonly Resource[];
    };
    return { versionInfo, resources };
  } catch {
    return undefined;
  }
}
