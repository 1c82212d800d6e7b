import { durationMs } from '../../base/brand.ts';
import { buildProxyView } from '../../view/build-proxy-view.ts';
import { type NameTable, nameTable } from '../../view/name-table.ts';
import type { ProxyFacts } from '../../view/proxy-facts.ts';
import { viewFacts } from '../../view/view-facts.ts';
import type { Worlds } from '../build/worlds.ts';
import { jsonResponse } from '../http/json-response.ts';

/** Resolvers ask every few seconds, and new hosts may wait as long. */
const FRESH = durationMs(5_000);

/** The hosts that a proxy may call with their addresses (SE-21), as JSON or as lines of a hosts file. */
export async function namesOf(
  worlds: Pick<Worlds, 'recent'>,
  facts: ProxyFacts,
  format: string | null,
): Promise<Response> {
  if (format !== null && format !== 'hosts') {
    return jsonResponse(400, { code: 'INVALID_QUERY', message: 'the format is hosts, or left out for JSON' });
  }
  const { world, revision } = await worlds.recent(FRESH);
  const table = nameTable(buildProxyView(world, viewFacts(world, facts)).value, facts);
  if (format === null) return jsonResponse(200, { revision, hosts: table });
  return new Response(hostsFile(table), { headers: { 'content-type': 'text/plain; charset=utf-8' } });
}

/** One line for each address with all names that it answers to; a hosts file knows no wildcards. */
function hostsFile(table: NameTable): string {
  const lines = Object.entries(table).flatMap(([host, { ips, name, namespace }]) => {
    if (host.startsWith('*')) return [];
    const short =
      name === undefined || namespace === undefined ? [] : [`${name}.${namespace}.svc`, `${name}.${namespace}`];
    return ips.map((ip) => `${[ip, host, ...short].join(' ')}\n`);
  });
  return lines.join('');
}
