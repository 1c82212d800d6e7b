import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { caseProxy, readCase } from '../control/offline/read-case.ts';
import { type TimedBuild, timeBuild } from '../control/offline/time-build.ts';
import { CliFailure } from './cli-failure.ts';
import { optionsOf } from './global-options.ts';
import { readJsonFile } from './json-file.ts';
import { printTable, printValue } from './print-value.ts';
import { wholeNumber } from './whole-number.ts';

interface BenchBuildOptions {
  readonly case: string;
  readonly iterations: number;
  readonly profile?: 'envoy' | 'istio-proxy';
  readonly json: boolean;
}

/** `pilotless bench`: how long the product takes on this machine. */
export function benchVerb(verb: Command): Command {
  verb
    .command('build')
    .description('time the stages of a build on one case, offline; medians')
    .requiredOption('--case <file>', 'one case as JSON, as in a line of render --cases')
    .option('--iterations <n>', 'builds that count', positive, 20)
    .addOption(new Option('--profile <profile>', 'which Envoy it is').choices(['envoy', 'istio-proxy']))
    .option('--json', 'print one line of JSON, times in nanoseconds', false)
    .action((_options: unknown, command: Command) => benchBuild(command));
  return verb;
}

function benchBuild(command: Command): void {
  const options = optionsOf<BenchBuildOptions>(command);
  const { name, node, resources, errors } = readCase(readJsonFile(options.case));
  const proxy = caseProxy(node, options.profile);
  if (!proxy.ok) throw new CliFailure('refused', proxy.errors.join('; '));
  for (const error of errors) process.stderr.write(`left out: ${error}\n`);
  const collectGarbage = garbageCollector();
  const timed = timeBuild(
    { resources, facts: proxy.facts },
    {
      iterations: options.iterations,
      nowNs: () => Number(process.hrtime.bigint()),
      liveHeapBytes() {
        collectGarbage();
        return process.memoryUsage().heapUsed;
      },
    },
  );
  const result = { case: name, ...timed, ...(errors.length > 0 && { errors }) };
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else if (!printValue(result, options.output)) printStages(timed);
}

function printStages({ ns, bytes, resources, heapBytes }: TimedBuild): void {
  printTable(
    ['STAGE', 'MS', 'RESOURCES', 'KB'],
    Object.entries(ns).map(([stage, time]) => [
      stage,
      (time / 1e6).toFixed(3),
      String(resources[stage] ?? ''),
      bytes[stage] === undefined ? '' : (bytes[stage] / 1024).toFixed(1),
    ]),
  );
  process.stdout.write(`one build holds ${(heapBytes / 1024).toFixed(0)} KB of heap\n`);
}

/** V8's own collector, which a program gets only by asking for it. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

function positive(text: string): number {
  const value = wholeNumber(text);
  if (value === 0) throw new InvalidArgumentError('it is a whole number from 1.');
  return value;
}
