import { type Command, Option } from 'commander';
import { renderCase, renderTexts, type RenderOptions } from '../control/render-case.ts';
import { answerCases } from './case-lines.ts';
import { CliFailure } from './cli-failure.ts';
import { optionsOf } from './global-options.ts';
import { readInputs } from './input-files.ts';
import { readJsonFile } from './json-file.ts';
import { printValue } from './print-value.ts';

interface RenderVerbOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly node?: string;
  readonly profile?: 'envoy' | 'istio-proxy';
  readonly cases?: string;
  readonly showSecrets: boolean;
}

/** `pilotless render`: offline; prints what a proxy would receive. */
export function renderVerb(verb: Command): Command {
  return verb
    .option('-f, --filename <path...>', 'files, directories, or - for standard input')
    .option('-R, --recursive', 'also the directories below', false)
    .option('--node <file>', 'the proxy, as JSON')
    .addOption(new Option('--profile <profile>', 'which Envoy it is').choices(['envoy', 'istio-proxy']))
    .option('--cases <file>', 'render one case per line of JSON; - reads standard input')
    .option('--show-secrets', 'do not mask keys', false)
    .action((_options: unknown, command: Command) => render(command));
}

async function render(command: Command): Promise<void> {
  const options = optionsOf<RenderVerbOptions>(command);
  const how: RenderOptions = {
    showsSecrets: options.showSecrets,
    ...(options.profile && { profile: options.profile }),
  };
  if (options.cases !== undefined) {
    // A case that fails is said in its own line; the run as a whole did what it was asked.
    await answerCases(options.cases, {
      answer: (line) => ({ result: renderCase(line, how), isGood: true }),
      unreadable: (message) => ({ name: '', errors: [message] }),
    });
    return;
  }
  if (options.filename === undefined)
    throw new CliFailure('usage', 'give files with -f and a proxy with --node, or --cases');
  if (options.node === undefined) throw new CliFailure('usage', 'say for which proxy: --node NODE.json');
  const files = await readInputs(options.filename, { isRecursive: options.recursive });
  const rendered = renderTexts(files, {
    node: readJsonFile(options.node),
    defaultNamespace: options.namespace,
    ...how,
  });
  for (const line of rendered.notes) process.stderr.write(`${line}\n`);
  if (!rendered.ok) throw new CliFailure('refused', 'nothing was rendered');
  if (!printValue(rendered.resources, options.output)) printValue(rendered.resources, 'json');
}
