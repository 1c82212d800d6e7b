import type { Command } from 'commander';
import { epochMs } from '../base/brand.ts';
import { ageOf } from '../base/elapsed.ts';
import { withReadableMasks } from '../control/config/shown-secrets.ts';
import { objectPath, resourceWord } from '../control/config/kind-names.ts';
import { proxiesWord, statusWord } from '../control/status/status-word.ts';
import { accepted, apiClient, type ApiClient } from './api-client.ts';
import type { ApiObject } from './api-object.ts';
import { CliFailure } from './cli-failure.ts';
import { optionsOf, type GlobalOptions } from './global-options.ts';
import { type ObjectArgument, readObjectArguments } from './object-arguments.ts';
import { type Followed, followObjects } from './follow-objects.ts';
import { printTable, printValue, rowPrinter, yamlOf } from './print-value.ts';

interface GetOptions extends Omit<Followed, 'namespace'> {
  readonly watch: boolean;
}

/** `pilotless get KIND [NAME...]`: objects, as kubectl shows them. */
export function getVerb(verb: Command): Command {
  return verb
    .argument('<what...>', 'kinds (vs,dr), a kind and names, or kind/name pairs')
    .option('-A, --all-namespaces', 'in all namespaces', false)
    .option('-l, --selector <selector>', 'only objects with these labels: a=b,c!=d,e in (x,y)')
    .option('--field-selector <selector>', 'only objects whose metadata.name or metadata.namespace is so')
    .option('-w, --watch', 'go on with what changes, until it is interrupted', false)
    .action((what: readonly string[], _options: unknown, command: Command) => get(what, command));
}

async function get(what: readonly string[], command: Command): Promise<void> {
  const options = optionsOf<GetOptions>(command);
  const wanted = readObjectArguments(what);
  const client = apiClient(options);
  if (options.watch) return watch(client, wanted, options);
  const objects: ApiObject[] = [];
  const missing: string[] = [];
  for (const argument of wanted) {
    if (argument.name === undefined) objects.push(...(await listAll(client, argument, options)));
    else {
      const answer = await client.ask(objectPath(argument.names.kind, { ...options, name: argument.name }));
      if (answer.status === 404) missing.push(`${(answer.body as { message?: string } | undefined)?.message}`);
      else objects.push(withReadableMasks(accepted(answer).body as ApiObject));
    }
  }
  print(objects, { options, isOne: wanted.length === 1 && wanted[0]?.name !== undefined });
  for (const message of missing) process.stderr.write(`error: ${message}\n`);
  if (missing.length > 0) throw new CliFailure('refused');
}

/** What there is, then each object that changes or goes, as it is then. */
async function watch(
  client: ApiClient,
  wanted: readonly ObjectArgument[],
  options: GetOptions & GlobalOptions,
): Promise<void> {
  const [only, ...others] = wanted;
  if (!only || others.length > 0) throw new CliFailure('usage', 'watch one kind, or one object of it');
  const show = changePrinter(options);
  for await (const objects of followObjects(client, only, options)) show(objects);
}

function changePrinter(options: GetOptions & GlobalOptions): (objects: readonly ApiObject[]) => void {
  const { output } = options;
  const printRows = rowPrinter(headOf(options));
  if (output === 'table') return (objects) => printRows(objects.map((object) => rowOf(object, options)));
  return (objects) => {
    for (const object of objects) {
      if (output === 'yaml') process.stdout.write('---\n');
      printValue(object, output);
    }
  };
}

/** Page by page, so that a large store does not answer with one huge body. */
const PAGE_OBJECTS = 500;

export async function listAll(
  client: ApiClient,
  { names }: ObjectArgument,
  { allNamespaces, namespace, selector, fieldSelector }: Followed,
): Promise<readonly ApiObject[]> {
  const path = objectPath(names.kind, allNamespaces ? {} : { namespace });
  const objects: ApiObject[] = [];
  let next: string | undefined;
  do {
    const query = { labelSelector: selector, fieldSelector, limit: String(PAGE_OBJECTS), continue: next };
    const page = accepted(await client.ask(path, { query })).body as {
      readonly metadata: { readonly continue?: string };
      readonly items: readonly ApiObject[];
    };
    objects.push(...page.items.map(withReadableMasks));
    next = page.metadata.continue;
  } while (next !== undefined);
  return objects;
}

interface Printing {
  readonly options: GetOptions & GlobalOptions;
  readonly isOne: boolean;
}

function print(objects: readonly ApiObject[], { options, isOne }: Printing): void {
  const { output, allNamespaces, namespace } = options;
  if (output === 'yaml' && isOne && objects[0]) {
    process.stdout.write(yamlOf(objects[0]));
    return;
  }
  const list = { apiVersion: 'v1', kind: 'List', metadata: {}, items: objects };
  if (printValue(isOne ? (objects[0] ?? list) : list, output)) return;
  if (objects.length === 0) {
    if (!isOne) process.stderr.write(`No resources found${allNamespaces ? '' : ` in ${namespace} namespace`}.\n`);
    return;
  }
  const isMixed = new Set(objects.map(resourceWord)).size > 1;
  printTable(
    headOf(options),
    objects.map((object) => rowOf(object, { allNamespaces, isMixed })),
  );
}

const headOf = ({ allNamespaces }: Pick<GetOptions, 'allNamespaces'>): readonly string[] => [
  ...(allNamespaces ? ['NAMESPACE'] : []),
  ...['NAME', 'STATUS', 'PROXIES', 'REVISION', 'AGE'],
];

function rowOf(
  { apiVersion, kind, metadata, status }: ApiObject,
  { allNamespaces, isMixed = false }: Pick<GetOptions, 'allNamespaces'> & { readonly isMixed?: boolean },
): readonly string[] {
  return [
    ...(allNamespaces ? [metadata.namespace ?? ''] : []),
    isMixed ? `${resourceWord({ apiVersion, kind })}/${metadata.name}` : metadata.name,
    statusWord(status?.conditions),
    proxiesWord(status?.conditions),
    metadata.resourceVersion ?? '',
    ageOf(metadata.creationTimestamp, epochMs(Date.now())),
  ];
}
