import type { Command } from 'commander';
import { accepted, apiClient } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { colors } from './colors.ts';
import { optionsOf } from './global-options.ts';
import { oneLine, printValue } from './print-value.ts';

interface ExplainOptions {
  readonly request?: string;
  readonly header: readonly string[];
  readonly to?: string;
  readonly inbound?: true;
}

/** The part of the service's answer that is shown to people. */
interface Answer {
  readonly proxy: string;
  readonly revision: number;
  readonly outcome?: Readonly<Record<string, unknown>>;
  readonly steps: readonly {
    readonly part: string;
    readonly name: string;
    readonly decision: string;
    readonly decidedBy: readonly Reason[];
    readonly lost: readonly Reason[];
    readonly passedOver: readonly { readonly name: string; readonly resource?: string; readonly reason: string }[];
  }[];
  readonly issues: readonly { readonly severity: string; readonly resource: string; readonly message: string }[];
}

interface Reason {
  readonly resource: string;
  readonly reason: string;
}

/** `pilotless explain ID [--request 'GET http://host:port/path']`: which objects decided, and why others did not. */
export function explainVerb(verb: Command): Command {
  return verb
    .argument('<id>', 'the proxy, by its node id or as name.namespace')
    .option('--request <request>', "what a client asks for: 'GET http://host:port/path'")
    .option('-H, --header <name:value>', 'a header of the request; may be given again', collect, [])
    .option('--to <address:port>', 'where the connection went, if that is not the address of the host')
    .option('--inbound', 'the request of somebody else to the workload of this proxy')
    .action(async (id: string, _options: unknown, command: Command) => {
      const options = optionsOf<ExplainOptions>(command);
      const path = `/v1/proxies/${encodeURIComponent(id)}/explain`;
      const { body } = accepted(await apiClient(options).ask(path, { method: 'POST', body: questionOf(options) }));
      if (!printValue(body, options.output)) process.stdout.write(textOf(body as Answer));
    });
}

const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

function questionOf({ request, header, to, inbound }: ExplainOptions): string {
  if (request === undefined && (header.length > 0 || to !== undefined || inbound)) {
    throw new CliFailure('usage', '--header, --to and --inbound go with --request');
  }
  return JSON.stringify({
    ...(request !== undefined && { request }),
    ...(header.length > 0 && { headers: Object.fromEntries(header.map(headerOf)) }),
    ...(to !== undefined && { to: placeOf(to) }),
    ...(inbound && { direction: 'inbound' }),
  });
}

function headerOf(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  if (colon < 1) throw new CliFailure('usage', `--header ${text} is no NAME:VALUE`);
  return [text.slice(0, colon).trim(), text.slice(colon + 1).trim()];
}

/** `10.0.0.1:80`, `[::1]:80`, `10.0.0.1` or `:80`. */
function placeOf(text: string): { readonly address?: string; readonly port?: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:[\]]*))(?::(\d+))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined || (address === '' && port === undefined)) {
    throw new CliFailure('usage', `--to ${text} is no ADDRESS:PORT`);
  }
  return { ...(address !== '' && { address }), ...(port !== undefined && { port: Number(port) }) };
}

function textOf({ proxy, revision, outcome, steps, issues }: Answer): string {
  const lines = [
    oneLine(`${proxy} by revision ${revision}`),
    ...steps.flatMap(({ part, name, decision, decidedBy, lost, passedOver }) => [
      '',
      `${colors.bold(part)} ${oneLine([name, decision].filter((text) => text !== '').join(': '))}`,
      ...decidedBy.map((each) => `  ${colors.green('+')} ${lineOf(each)}`),
      ...lost.map((each) => `  ${colors.dim('-')} ${lineOf(each)}`),
      ...passedOver.map((route) => `  ${colors.dim('-')} ${oneLine(`route ${labelOf(route)}: ${route.reason}`)}`),
    ]),
    ...(outcome === undefined ? [] : ['', `${colors.bold('outcome')} ${oneLine(sentenceOf(outcome))}`]),
    ...issues.map(({ severity, resource, message }) => oneLine(`${severity}: ${resource}: ${message}`)),
  ];
  return `${lines.join('\n')}\n`;
}

const lineOf = ({ resource, reason }: Reason): string => oneLine(`${resource}: ${reason}`);

const labelOf = ({ name, resource }: { readonly name: string; readonly resource?: string }): string =>
  [name, resource === undefined ? '' : `(${resource})`].filter((part) => part !== '').join(' ') || 'without a name';

const sentenceOf = (outcome: Readonly<Record<string, unknown>>): string =>
  Object.entries(outcome)
    .map(([part, value]) => `${part}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
