import type { Command } from 'commander';
import { accepted, apiClient } from './api-client.ts';
import { optionsOf } from './global-options.ts';
import { oneLine, printTable, printValue } from './print-value.ts';

interface ScopeOptions {
  readonly host?: string;
}

/** The part of the service's answer that is shown to people. */
interface Answer {
  readonly proxy: string;
  readonly revision: number;
  readonly sidecar?: string;
  readonly outboundTrafficPolicy: {
    readonly mode: string;
    readonly egressProxy?: { readonly host: string; readonly port: number };
  };
  readonly services: readonly {
    readonly namespace: string;
    readonly host: string;
    readonly ports: readonly Port[];
    readonly policies?: readonly string[];
  }[];
  readonly egress: readonly (Place & {
    readonly services: readonly { readonly namespace: string; readonly host: string }[];
    readonly routes: readonly string[];
  })[];
  readonly ingress: readonly (Place & { readonly defaultEndpoint?: string })[];
}

interface Port {
  readonly number: number;
  readonly protocol?: string;
}

interface Place {
  readonly port?: Port;
  readonly bind?: string;
}

/** `pilotless scope ID [--host HOST]`: which services a proxy may call, and which Sidecar says so. */
export function scopeVerb(verb: Command): Command {
  return verb
    .argument('<id>', 'the proxy, by its node id or as name.namespace')
    .option('--host <host>', 'only this host, or those that a wildcard such as *.example.com overlaps')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = optionsOf<ScopeOptions>(command);
      const path = `/v1/proxies/${encodeURIComponent(id)}/scope`;
      const { body } = accepted(await apiClient(options).ask(path, { query: { host: options.host } }));
      if (!printValue(body, options.output)) printScope(body as Answer);
    });
}

function printScope(answer: Answer): void {
  process.stdout.write(headOf(answer));
  printServices(answer);
  if (answer.egress.length > 0) {
    process.stdout.write('\n');
    const rows = answer.egress.map((listener, index) => [
      String(index),
      ...placeCells(listener),
      String(listener.services.length),
      listener.routes.join(', ') || '-',
    ]);
    printTable(['EGRESS', 'PORT', 'BIND', 'SERVICES', 'ROUTES'], rows);
  }
  if (answer.ingress.length === 0) return;
  process.stdout.write('\n');
  const rows = answer.ingress.map((listener, index) => [
    String(index),
    ...placeCells(listener),
    listener.defaultEndpoint ?? '-',
  ]);
  printTable(['INGRESS', 'PORT', 'BIND', 'ENDPOINT'], rows);
}

function headOf({ proxy, revision, sidecar, outboundTrafficPolicy: { mode, egressProxy } }: Answer): string {
  const through = egressProxy === undefined ? '' : ` through ${egressProxy.host}:${egressProxy.port}`;
  const lines = [
    `${proxy} by revision ${revision}`,
    `sidecar: ${sidecar ?? 'none, so all that is in sight is imported'}`,
    `other hosts: ${mode}${through}`,
  ];
  return `${lines.map(oneLine).join('\n')}\n\n`;
}

/** A service that no listener imports is there because a route leads to it. */
function printServices({ services, egress }: Answer): void {
  const importers = Map.groupBy(
    egress.flatMap((listener, index) => listener.services.map((service) => ({ key: keyOf(service), index }))),
    ({ key }) => key,
  );
  const rows = services.map((service) => [
    service.namespace,
    service.host,
    service.ports.map(portText).join(', ') || '-',
    importers
      .get(keyOf(service))
      ?.map(({ index }) => String(index))
      .join(', ') ?? (egress.length > 0 ? 'by a route' : '-'),
    service.policies?.join(', ') ?? '-',
  ]);
  if (rows.length === 0) process.stdout.write('no service is imported\n');
  else printTable(['NAMESPACE', 'HOST', 'PORTS', 'EGRESS', 'POLICIES'], rows);
}

const keyOf = ({ namespace, host }: { readonly namespace: string; readonly host: string }): string =>
  `${namespace}/${host}`;

const portText = ({ number, protocol }: Port): string =>
  protocol === undefined ? String(number) : `${number}/${protocol}`;

const placeCells = ({ port, bind }: Place): readonly string[] => [
  port === undefined ? 'all' : portText(port),
  bind ?? '-',
];
