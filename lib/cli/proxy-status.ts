import type { Command } from 'commander';
import { alignedRows } from './aligned-rows.ts';
import { accepted, apiClient } from './api-client.ts';
import { optionsOf } from './global-options.ts';
import { printValue } from './print-value.ts';

/** The part of the service's answer that the table shows. */
interface ProxyRow {
  readonly id: string;
  readonly status: string;
  readonly revision: number;
  readonly lastPolledAt: string;
  readonly pollLoops: number;
  readonly types: Readonly<Record<string, TypeRow>>;
  readonly suspects?: readonly { readonly resource: string; readonly objects: readonly string[] }[];
}

interface TypeRow {
  readonly status: string;
  readonly loops: number;
  readonly sent: string;
  readonly acked: string;
  readonly rejected?: string;
  readonly name?: string;
}

/** `pilotless proxy-status [ID]`: whether the proxies have what they were sent. */
export function proxyStatusVerb(verb: Command): Command {
  return verb
    .argument('[id]', 'one proxy, by its node id or as name.namespace')
    .action(async (id: string | undefined, _options: unknown, command: Command) => {
      const options = optionsOf(command);
      const path = id === undefined ? '/v1/proxies' : `/v1/proxies/${encodeURIComponent(id)}`;
      const { body } = accepted(await apiClient(options).ask(path));
      if (!printValue(body, options.output)) process.stdout.write(tableOf(body, id !== undefined));
    });
}

function tableOf(answer: unknown, isOne: boolean): string {
  return isOne
    ? proxyTable(answer as ProxyRow)
    : fleetTable((answer as { readonly proxies: readonly ProxyRow[] }).proxies);
}

const TYPES = ['CDS', 'LDS', 'RDS', 'EDS', 'SDS', 'ECDS'] as const;

function fleetTable(proxies: readonly ProxyRow[]): string {
  if (proxies.length === 0) return 'No proxy has polled within the last day.\n';
  const rows = proxies.map(({ id, revision, lastPolledAt, pollLoops, types }) => [
    id.split('~')[2] ?? id,
    ...TYPES.map((type) => types[type]?.status ?? 'NOT_SENT'),
    String(revision),
    String(pollLoops),
    lastPolledAt,
  ]);
  return alignedRows(['PROXY', ...TYPES, 'REVISION', 'LOOPS', 'LAST POLL'], rows);
}

function proxyTable({ id, status, revision, lastPolledAt, types, suspects = [] }: ProxyRow): string {
  const rows = Object.entries(types).map(([type, row]) => [
    type,
    row.status,
    String(row.loops),
    short(row.sent),
    short(row.acked),
    short(row.rejected ?? ''),
    row.name ?? '',
  ]);
  const head = `${id}\n${status} at revision ${revision}, last poll ${lastPolledAt}\n\n`;
  const suspected = suspects.map(({ resource, objects }) => `suspect: ${objects.join(', ') || '-'} (${resource})\n`);
  const table = alignedRows(['TYPE', 'STATUS', 'LOOPS', 'SENT', 'ACKED', 'REJECTED', 'NAME'], rows);
  return head + table + (suspected.length > 0 ? `\n${suspected.join('')}` : '');
}

/** Enough of a version to tell it from another by eye. */
const short = (versionInfo: string): string => (versionInfo === '' ? '-' : versionInfo.slice(0, 12));
