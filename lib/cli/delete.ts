import type { Command } from 'commander';
import { documentNames } from '../control/offline/validate-texts.ts';
import { kindCalled, objectPath, qualified } from '../control/config/kind-names.ts';
import { accepted, apiClient } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { listAll } from './get.ts';
import { type GlobalOptions, optionsOf } from './global-options.ts';
import { readInputs } from './input-files.ts';
import { readObjectArguments, type ObjectArgument } from './object-arguments.ts';

interface DeleteOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly selector?: string;
  readonly all: boolean;
  readonly ignoreNotFound: boolean;
  readonly dryRun: boolean;
}

/** One object that is to go. */
interface Doomed extends Required<ObjectArgument> {
  readonly namespace: string;
}

/** `pilotless delete`: objects by kind and name, by label, or those that files name. */
export function deleteVerb(verb: Command): Command {
  return verb
    .argument('[what...]', 'a kind and names, kind/name pairs, or a kind with -l or --all')
    .option('-f, --filename <path...>', 'the objects that these files name')
    .option('-R, --recursive', 'also the directories below', false)
    .option('-l, --selector <selector>', 'all objects of the kind with these labels')
    .option('--all', 'all objects of the kind in the namespace', false)
    .option('--ignore-not-found', 'an object that is not there is no error', false)
    .option('--dry-run', 'say what would happen, and change nothing', false)
    .action((what: readonly string[], _options: unknown, command: Command) => remove(what, command));
}

async function remove(what: readonly string[], command: Command): Promise<void> {
  const options = optionsOf<DeleteOptions>(command);
  const client = apiClient(options);
  const suffix = options.dryRun ? ' (server dry run)' : '';
  let failures = 0;
  for (const { names, namespace, name } of await doomed(what, options)) {
    const query = options.dryRun ? { dryRun: 'All' } : {};
    const answer = await client.ask(objectPath(names.kind, { namespace, name }), { method: 'DELETE', query });
    if (answer.status === 404 && options.ignoreNotFound) continue;
    if (answer.status === 404) {
      failures += 1;
      process.stderr.write(`error: ${qualified(names.plural, names.group)} "${name}" not found\n`);
      continue;
    }
    accepted(answer);
    process.stdout.write(`${qualified(names.singular, names.group)} "${name}" deleted${suffix}\n`);
  }
  if (failures > 0) throw new CliFailure('refused');
}

async function doomed(what: readonly string[], options: DeleteOptions & GlobalOptions): Promise<readonly Doomed[]> {
  if (options.filename) return namedByFiles(options.filename, options);
  const wanted = readObjectArguments(what);
  const { namespace, selector, all } = options;
  const found: Doomed[] = [];
  for (const argument of wanted) {
    const { names, name } = argument;
    if (name !== undefined) found.push({ names, name, namespace });
    else if (selector === undefined && !all) {
      throw new CliFailure('usage', `say which ${names.plural}: names, -l SELECTOR, or --all`);
    } else {
      const listing = { allNamespaces: false, namespace, ...(selector !== undefined && { selector }) };
      const objects = await listAll(apiClient(options), argument, listing);
      found.push(...objects.map(({ metadata }) => ({ names, name: metadata.name, namespace })));
    }
  }
  return found;
}

async function namedByFiles(
  paths: readonly string[],
  { recursive, namespace }: DeleteOptions & GlobalOptions,
): Promise<readonly Doomed[]> {
  const files = await readInputs(paths, { isRecursive: recursive });
  return files.flatMap(({ name: file, text }) =>
    documentNames(text, namespace).map((said) => {
      const [word = ''] = said.kind.split('.');
      const names = kindCalled(qualified(word, said.group));
      if (!names || said.name === '') throw new CliFailure('refused', `${file}:${said.document}: names no object`);
      return { names, name: said.name, namespace: said.namespace };
    }),
  );
}
