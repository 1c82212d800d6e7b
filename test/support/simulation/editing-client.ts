import type { SeededRandom } from '../seeded-random.ts';
import type { ApplyAsked, ApplyTold, Happening } from './history.ts';
import type { HttpAnswer } from './ask.ts';
import type { SimulatedService } from './simulated-service.ts';
import type { VirtualTime } from './virtual-time.ts';

interface ClientPorts {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly note: (happening: Happening) => void;
  readonly service: Pick<SimulatedService, 'config'>;
}

interface ClientWork {
  readonly owner: string;
  readonly edits: number;
  readonly objects: number;
  /** Its edits are spread over so long. */
  readonly withinMs: number;
}

const OBJECTS = ['alpha', 'beta', 'gamma'];
/** Few, so that an edit often makes things as they were before. */
const ADDRESSES = ['10.0.0.1', '10.0.0.2'];
const MAX_ATTEMPTS = 8;
const LONGEST_PAUSE_MS = 3_000;

/** One who edits what is its own, edit after edit, and asks again until it is told what became of each. */
export async function editingClient(
  ports: ClientPorts,
  { owner, edits, objects, withinMs }: ClientWork,
): Promise<void> {
  const { random, note } = ports;
  for (let edit = 1; edit <= edits; edit += 1) {
    await pause(ports, random.below((2 * withinMs) / edits));
    const request = await nextEdit(ports, { owner, id: `${owner}-${edit}`, objects: OBJECTS.slice(0, objects) });
    note({ what: 'asked', request });
    note({ what: 'told', id: request.id, answer: await untilTold(ports, request) });
  }
}

/** What is there before anyone edits: every proxy has something, so that an answer without anything is wrong. */
export async function applyFirst({ note, service }: Pick<ClientPorts, 'note' | 'service'>): Promise<void> {
  const request: ApplyAsked = { id: 'base-1', owner: 'base', objects: new Map([['base', 'base-1']]), hasKey: true };
  note({ what: 'asked', request });
  note({ what: 'told', id: request.id, answer: toldBy(await service.config(applyOf(request, ADDRESSES))) });
}

interface Edit {
  readonly owner: string;
  readonly id: string;
  readonly objects: readonly string[];
}

async function nextEdit(ports: ClientPorts, { owner, id, objects }: Edit): Promise<ApplyAsked> {
  const { random } = ports;
  const names = objects.filter(() => random.fraction() < 0.6);
  if (names.length === 0) names.push('alpha');
  const hasKey = random.fraction() < 0.8;
  const newest = random.fraction() < 0.3 ? await newestRevision(ports) : undefined;
  return {
    id,
    owner,
    objects: new Map(names.map((name) => [`${owner}-${name}`, id])),
    hasKey,
    ...(newest !== undefined && { expectRevision: newest }),
  };
}

async function newestRevision({ service }: ClientPorts): Promise<number | undefined> {
  const answer = await service.config({ method: 'GET', path: '/v1/revisions', query: 'limit=1' });
  if (answer.status !== 200) return undefined;
  const { revisions } = JSON.parse(answer.body) as { readonly revisions: readonly { readonly revision: number }[] };
  return revisions[0]?.revision ?? 0;
}

/** Who has a key may ask again: the second request finds what the first one did (STO-5). */
async function untilTold(ports: ClientPorts, request: ApplyAsked): Promise<ApplyTold> {
  const { random, service } = ports;
  const sent = applyOf(
    request,
    ADDRESSES.filter(() => random.fraction() < 0.6),
  );
  for (let attempt = 0; attempt < (request.hasKey ? MAX_ATTEMPTS : 1); attempt += 1) {
    const told = toldBy(await service.config(sent));
    if (told.answer !== 'unknown') return told;
    await pause(ports, random.below(LONGEST_PAUSE_MS));
  }
  return { answer: 'unknown' };
}

function toldBy({ status, body }: HttpAnswer): ApplyTold {
  if (status === 200)
    return { answer: 'acknowledged', revision: (JSON.parse(body) as { readonly revision: number }).revision };
  if (status === 409) return { answer: 'conflict' };
  return [502, 503, 504].includes(status) ? { answer: 'unknown' } : { answer: 'wrong', status, body };
}

function applyOf(request: ApplyAsked, addresses: readonly string[]): Parameters<SimulatedService['config']>[0] {
  const { id, owner, objects, hasKey, expectRevision } = request;
  const onto = expectRevision === undefined ? '' : `&expectRevision=${expectRevision}`;
  return {
    path: '/v1/apply',
    query: `prune=owner%3D${owner}&message=${id}${onto}`,
    headers: { 'content-type': 'application/yaml', ...(hasKey && { 'idempotency-key': id }) },
    body: [...objects.keys()].map((name) => documentsOf(name, request, addresses)).join('---\n'),
  };
}

/** A service; what is there first also has a route, and a way in through a gateway. */
function documentsOf(name: string, { id, owner }: ApplyAsked, addresses: readonly string[]): string {
  const metadata = `{ name: ${name}, labels: { owner: ${owner} }, annotations: { edit: ${id} } }`;
  const service = `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: ${metadata}
spec:
  hosts: [${name}.example]
  location: MESH_INTERNAL
  resolution: STATIC
  ports: [{ number: 80, name: http, protocol: HTTP }]
  endpoints: [${addresses.map((address) => `{ address: ${address}, ports: { http: 8080 } }`).join(', ')}]
`;
  return name === 'base' ? `${service}---${routeTo(name, metadata)}` : service;
}

function routeTo(name: string, metadata: string): string {
  return `
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: ${metadata}
spec:
  servers: [{ port: { number: 8080, name: http, protocol: HTTP }, hosts: [${name}.example] }]
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: ${metadata}
spec:
  hosts: [${name}.example]
  gateways: [${name}, mesh]
  http: [{ route: [{ destination: { host: ${name}.example } }] }]
`;
}

const pause = ({ time }: ClientPorts, ms: number): Promise<void> =>
  new Promise((resolve) => time.after(ms, () => resolve()));
