import { XDS_TYPES } from '../../../lib/envoy/xds-types.ts';
import type { DeltaAnswerBody } from '../delivery.ts';
import type { HttpAnswer } from './ask.ts';
import type { DeliveredProxy } from './delivery-scenario.ts';
import { answered, nodeOf, type Poller, type PollerPorts, REFRESH_MS } from './poller.ts';

/** Types of which an agent beside an Envoy keeps everything. */
const KEPT = ['clusters', 'endpoints', 'listeners', 'routes'] as const;

type Kept = (typeof KEPT)[number];

/** What is kept of one type. */
interface KeptType {
  nonce: string;
  readonly versions: Map<string, string>;
}

/** An agent that keeps what an Envoy has by deltas: all types in one poll, or each type in a loop of its own. */
export function deltaPoller(ports: PollerPorts, name: string, proxy: DeliveredProxy): Poller {
  const isOfMany = proxy.form === 'delta';
  const node = nodeOf(name, proxy);
  const { refreshMs = REFRESH_MS } = proxy;
  const { time, random, note, service } = ports;
  const held = new Map<string, string>();
  const kept = new Map<Kept, KeptType>(KEPT.map((type) => [type, { nonce: '', versions: new Map<string, string>() }]));

  const loop = (types: readonly Kept[]): void => {
    const nonces = (): string =>
      types
        .map((type) => kept.get(type)?.nonce)
        .join(' ')
        .trim();
    const again = async (): Promise<void> => {
      const asked = { at: time.now(), carried: nonces() };
      const answer = await service.poll(pollOf(types, isOfMany));
      const responses = answer.status === 200 ? responsesIn(answer, isOfMany) : undefined;
      for (const response of responses ?? []) apply(response);
      // Its state is not known any more: the next poll says what it has.
      if (answer.status === 409) for (const type of types) Object.assign(kept.get(type) ?? {}, { nonce: '' });
      note({
        ...answered(name, isOfMany ? 'delta' : `delta:${types[0]}`, answer),
        ...(responses && { resources: responses.length }),
        asked: { ...asked, becomes: nonces(), isOfOne: isOfMany },
        ...(responses && {
          shows: new Map([...held].filter(([key]) => types.some((type) => key.startsWith(`${type}/`)))),
        }),
      });
      time.after(refreshMs * (1 + random.fraction()), () => void again());
    };
    void again();
  };
  const pollOf = (types: readonly Kept[], many: boolean): Parameters<typeof service.poll>[0] => {
    const requests = types.map((type) => {
      const { nonce, versions } = kept.get(type) as KeptType;
      return {
        type_url: XDS_TYPES[type].typeUrl,
        resource_names_subscribe: ['*'],
        ...(nonce === '' ? { initial_resource_versions: Object.fromEntries(versions) } : { response_nonce: nonce }),
      };
    });
    return {
      path: many ? '/v3/delta' : `/v3/delta:${types[0]}`,
      headers: { 'x-envoy-expected-rq-timeout-ms': '15000' },
      body: JSON.stringify(many ? { node, requests } : { node, ...requests[0] }),
    };
  };
  const apply = ({ type_url, nonce, resources, removed_resources }: DeltaAnswerBody): void => {
    const type = KEPT.find((one) => XDS_TYPES[one].typeUrl === type_url);
    const mine = type && kept.get(type);
    if (!mine) return;
    mine.nonce = nonce;
    for (const gone of removed_resources) {
      mine.versions.delete(gone);
      held.delete(`${type}/${gone}`);
    }
    for (const { name: changed, version, resource } of resources) {
      mine.versions.set(changed, version);
      held.set(`${type}/${changed}`, JSON.stringify(resource));
    }
  };
  return {
    name,
    node,
    held,
    start: () => (isOfMany ? loop(KEPT) : KEPT.forEach((type) => loop([type]))),
  };
}

function responsesIn({ body }: HttpAnswer, isOfMany: boolean): readonly DeltaAnswerBody[] {
  const read = JSON.parse(body) as DeltaAnswerBody & { readonly responses: readonly DeltaAnswerBody[] };
  return isOfMany ? read.responses : [read];
}
