import { type Command, Option } from 'commander';
import { analyzeText, type PlacedFinding } from '../control/offline/analyze-texts.ts';
import { countDocuments } from '../control/offline/validate-texts.ts';
import { accepted, apiClient } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import { colors } from './colors.ts';
import { type GlobalOptions, optionsOf } from './global-options.ts';
import { type InputFile, readInputs } from './input-files.ts';
import { joinedTexts } from './joined-files.ts';
import { plural } from './plural.ts';
import { oneLine, printValue } from './print-value.ts';

interface AnalyzeOptions {
  readonly filename?: readonly string[];
  readonly recursive: boolean;
  readonly failOn: Severity;
  readonly suppress: readonly string[];
}

type Severity = PlacedFinding['severity'];

/** Worst first. */
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];

/** A finding as it is printed; one of a file says where the object is written. */
type ShownFinding = Omit<PlacedFinding, 'document'> & { readonly file?: string; readonly document?: number };

interface Analysis {
  readonly objects: number;
  readonly findings: readonly ShownFinding[];
  /** What was analyzed, in words. */
  readonly of: string;
}

/** `pilotless analyze [-f FILE...]`: what is wrong between objects, of files alone or of what the service has. */
export function analyzeVerb(verb: Command): Command {
  return verb
    .option('-f, --filename <path...>', 'files, directories, or -: these alone, offline; else what the service has')
    .option('-R, --recursive', 'also the directories below', false)
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 on findings of this severity or worse')
        .choices(SEVERITIES)
        .default('error'),
    )
    .option(
      '--suppress <code>',
      'leave out CODE, or CODE=Kind/namespace/name with * for any text; may be given again',
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .action((_options: unknown, command: Command) => analyze(command));
}

async function analyze(command: Command): Promise<void> {
  const options = optionsOf<AnalyzeOptions>(command);
  const isSuppressed = suppression(options.suppress);
  const { of, objects, findings: all } = await analysisOf(options);
  const findings = all.filter((finding) => !isSuppressed(finding));
  if (!printValue({ objects, suppressed: all.length - findings.length, findings }, options.output)) {
    process.stdout.write(findings.map(textOf).join('\n'));
    process.stderr.write(`${of}: ${summaryOf(findings, all.length - findings.length)}\n`);
  }
  const fatal = SEVERITIES.slice(0, SEVERITIES.indexOf(options.failOn) + 1);
  if (findings.some(({ severity }) => fatal.includes(severity))) throw new CliFailure('refused');
}

async function analysisOf(options: AnalyzeOptions & GlobalOptions): Promise<Analysis> {
  const { filename, recursive } = options;
  if (filename !== undefined) {
    const files = await readInputs(filename, { isRecursive: recursive });
    const { objects, findings } = await analyzeText(joinedTexts(files), options.namespace);
    const fileOf = fileFinder(files);
    return {
      of: `${plural(objects, 'object')} of files`,
      objects,
      findings: findings.map((each) => placed(each, fileOf)),
    };
  }
  const { body } = accepted(await apiClient(options).ask('/v1/analysis'));
  const { revision, objects, proxies, findings } = body as {
    readonly revision: number;
    readonly objects: number;
    readonly proxies: number;
    readonly findings: readonly ShownFinding[];
  };
  const of = `${plural(objects, 'object')} of revision ${revision}, beside ${proxies} ${proxies === 1 ? 'proxy' : 'proxies'}`;
  return { of, objects, findings };
}

interface Place {
  readonly file: string;
  readonly document: number;
}

/** The file of a document of the joined text, and its number there. */
function fileFinder(files: readonly InputFile[]): (document: number) => Place | undefined {
  const places = files.flatMap(({ name, text }) =>
    Array.from({ length: countDocuments(text) }, (_, index): Place => ({ file: name, document: index + 1 })),
  );
  return (document) => places[document - 1];
}

function placed(
  { document, ...finding }: PlacedFinding,
  fileOf: (document: number) => Place | undefined,
): ShownFinding {
  return { ...finding, ...fileOf(document) };
}

/** Three lines: what and where, what is wrong, what to do. */
function textOf({ severity, code, resource, path, file, document, message, remedy }: ShownFinding): string {
  const place = file === undefined ? '' : `(${file}:${document})`;
  const head = [paint[severity](severity), code, resource, place, path].filter((part) => part !== '').join(' ');
  return `${[head, `  ${message}`, ...(remedy === '' ? [] : [`  -> ${remedy}`])].map(oneLineOf).join('\n')}\n`;
}

/** Colours are control characters of our own, and stay. */
const oneLineOf = (line: string): string => line.split('\u001B').map(oneLine).join('\u001B');

const paint: Readonly<Record<Severity, (text: string) => string>> = {
  error: colors.red,
  warning: colors.yellow,
  info: colors.dim,
};

function summaryOf(findings: readonly ShownFinding[], suppressed: number): string {
  const count = (severity: Severity): number => findings.filter((each) => each.severity === severity).length;
  const left = suppressed === 0 ? '' : `, ${suppressed} suppressed`;
  return `${plural(count('error'), 'error')}, ${plural(count('warning'), 'warning')}, ${count('info')} info${left}`;
}

/** Reads `CODE` and `CODE=Kind/namespace/name`. */
function suppression(written: readonly string[]): (finding: ShownFinding) => boolean {
  const rules = written.map((text) => {
    const [, code, , key] = /^([A-Z][A-Z0-9_]*)(=([^=]+))?$/.exec(text) ?? [];
    if (code === undefined) throw new CliFailure('usage', `--suppress ${text} is no CODE or CODE=Kind/namespace/name`);
    return { code, matches: key === undefined ? /^/ : wildcard(key) };
  });
  return ({ code, resource }) => rules.some((rule) => rule.code === code && rule.matches.test(resource));
}

const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/\*+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  );
