import type { Checked } from '../base/issue.ts';
import type { Locality } from '../base/locality.ts';
import { nodeFacts, refusedNode } from './node-facts.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** A node as Envoy sends it in a poll, as far as reading the poll has looked at it. */
export interface EnvoyNode {
  readonly id: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly locality: Readonly<Record<string, unknown>>;
}

/** PX-1: the id is `type~ip~name.namespace~domain`. An id of another form has no type, which is refused. */
export function readEnvoyNode({ id, metadata, locality }: EnvoyNode): Checked<ProxyFacts> {
  const parts = id.split('~');
  const [type = '', ip = '', , domain = ''] = parts.length === 4 ? parts : [];
  const { region = '', zone = '' } = locality;
  const subzone = locality['subZone'] ?? locality['sub_zone'] ?? '';
  const place = { region, zone, subzone };
  if (!isLocality(place)) {
    return { ok: false, issues: [refusedNode('locality', 'region, zone and sub_zone of a locality must be texts')] };
  }
  return nodeFacts({ id, type, ips: ip === '' ? [] : [ip], domain, locality: place, metadata });
}

function isLocality(place: Readonly<Record<keyof Locality, unknown>>): place is Locality {
  return Object.values(place).every((part) => typeof part === 'string');
}
