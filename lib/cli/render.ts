import { type Command, Option } from 'commander';
import { unreachable } from '../base/unreachable.ts';
import { renderCase, type RenderedText, renderText, type RenderOptions } from '../control/offline/render-case.ts';
import { answerCases } from './case-lines.ts';
import { CliFailure } from './cli-failure.ts';
import { optionsOf, type OutputFormat } from './global-options.ts';
import { type InputFile, readInputs } from './input-files.ts';
import { joinedTexts, placedIn, placedLine } from './joined-files.ts';
import { readJsonFile } from './json-file.ts';
import { printValue } from './print-value.ts';
import { warningLine } from './warning-line.ts';

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
  const files = await readInputs(options.filename, { isRecursive: options.recursive, mayBeEmpty: true });
  const rendered = renderText(joinedTexts(files), {
    node: readJsonFile(options.node),
    defaultNamespace: options.namespace,
    ...how,
  });
  printRendered(rendered, files, options.output);
}

function printRendered(rendered: RenderedText, files: readonly InputFile[], output: OutputFormat): void {
  switch (rendered.outcome) {
    case 'wrong-documents':
      for (const error of placedIn(files, rendered.errors)) process.stderr.write(`${placedLine(error)}\n`);
      throw new CliFailure('refused', 'nothing was rendered');
    case 'wrong-node':
      throw new CliFailure('refused', rendered.errors.join('; '));
    case 'rendered': {
      for (const warning of placedIn(files, rendered.warnings)) process.stderr.write(`${warningLine(warning)}\n`);
      for (const note of rendered.notes) process.stderr.write(`${note}\n`);
      if (!printValue(rendered.resources, output)) printValue(rendered.resources, 'json');
      return;
    }
    default:
      unreachable(rendered);
  }
}
