import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { table } from 'table';
import { AREAS } from './conformance/areas.ts';
import type { Case, Verdict } from './conformance/case.ts';
import { textAt, type Json } from './conformance/json.ts';
import { foreignKinds, readCases, whyNotAskable } from './conformance/read-cases.ts';

const USAGE = `usage: npm run conformance -- DIR [--profile istio-proxy|envoy] [--show N] [--json]

DIR holds recorded cases (one JSON file each, in folders by area). Every case goes through "pilotless render --cases" or
"pilotless validate --cases"; per area it says how many agree with what was recorded.`;

interface Judged {
  readonly test: Case;
  readonly verdict: Verdict | { readonly verdict: 'beyond'; readonly kinds: readonly string[] };
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      profile: { type: 'string', default: 'istio-proxy' },
      show: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
    },
  });
  const [folder] = positionals;
  if (folder === undefined) {
    console.error(USAGE);
    return 2;
  }
  const cases = readCases(folder);
  const judged = await judgeAll(cases, values.profile);
  report(judged, { show: Number(values.show), json: values.json });
  return cases.length === 0 ? 1 : 0;
}

async function judgeAll(cases: readonly Case[], profile: string): Promise<readonly Judged[]> {
  const settled: Judged[] = [];
  const asked: Record<'render' | 'validate', Case[]> = { render: [], validate: [] };
  for (const test of cases) {
    const area = AREAS[test.area];
    const why = area === undefined ? 'no judge for this area' : whyNotAskable(test);
    const kinds = foreignKinds(test);
    if (why !== undefined) settled.push({ test, verdict: { verdict: 'skipped', reason: why } });
    else if (kinds.length > 0) settled.push({ test, verdict: { verdict: 'beyond', kinds } });
    else if (questionOf(test) === undefined)
      settled.push({ test, verdict: { verdict: 'skipped', reason: 'nothing like it here' } });
    else if (area?.verb === 'none') settled.push({ test, verdict: area.judge(test) });
    else asked[area?.verb ?? 'render'].push(test);
  }
  for (const verb of ['render', 'validate'] as const) {
    const extra = verb === 'render' ? ['--profile', profile] : [];
    const answers = await ask(
      [verb, '--cases', '-', ...extra],
      asked[verb].flatMap((test) => questionOf(test) ?? []),
    );
    for (const test of asked[verb]) {
      const answer = answers.get(test.name);
      const verdict = answer === undefined ? undefined : AREAS[test.area]?.judge(test, answer);
      settled.push({ test, verdict: verdict ?? { verdict: 'refused', reason: 'no result line' } });
    }
  }
  return settled;
}

function questionOf(test: Case): Json | undefined {
  const area = AREAS[test.area];
  return area === undefined || area.verb === 'none' || area.asked === undefined ? test.body : area.asked(test);
}

/** Sends one line per case to one process of the command line, as anybody would from a shell. */
async function ask(args: readonly string[], questions: readonly Json[]): Promise<ReadonlyMap<string, Json>> {
  const answers = new Map<string, Json>();
  if (questions.length === 0) return answers;
  const cli = new URL('../bin/pilotless.mjs', import.meta.url).pathname;
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined); // a process that ended early shows as missing results
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.trim() === '') continue;
    const answer = JSON.parse(line) as Json;
    answers.set(textAt(answer, 'name'), answer);
  }
  return answers;
}

function report(judged: readonly Judged[], options: { readonly show: number; readonly json: boolean }): void {
  const areas = [...new Set(judged.map(({ test }) => test.area))].sort();
  const rows = areas.map((area) =>
    summarise(
      area,
      judged.filter(({ test }) => test.area === area),
    ),
  );
  if (options.json) {
    for (const row of rows) console.log(JSON.stringify(row));
    return;
  }
  const header = [
    'area',
    'cases',
    'asked',
    'agree',
    'differ',
    'refused',
    'checks',
    'right',
    'kinds to come',
    'not askable',
  ];
  console.log(table([header, ...rows.map((row) => Object.values(row))], { drawHorizontalLine: (line) => line === 1 }));
  const differing = judged.filter(({ verdict }) => verdict.verdict === 'differs' || verdict.verdict === 'refused');
  for (const { test, verdict } of differing.slice(0, options.show)) {
    const why = verdict.verdict === 'differs' ? verdict.first : verdict.verdict === 'refused' ? verdict.reason : '';
    console.log(`${test.area} ${test.name}\n    ${why}`);
  }
}

function summarise(area: string, judged: readonly Judged[]): Readonly<Record<string, string | number>> {
  const verdicts = judged.map(({ verdict }) => verdict);
  const count = (name: string): number => verdicts.filter(({ verdict }) => verdict === name).length;
  const [agree, differ, refused] = [count('agrees'), count('differs'), count('refused')];
  const checks = verdicts.reduce((sum, verdict) => sum + ('checks' in verdict ? verdict.checks : 0), 0);
  const wrong = verdicts.reduce((sum, verdict) => sum + ('wrong' in verdict ? verdict.wrong : 0), 0);
  return {
    area,
    cases: judged.length,
    asked: agree + differ + refused,
    agree,
    differ,
    refused,
    checks,
    right: checks - wrong,
    beyond: count('beyond'),
    skipped: count('skipped'),
  };
}

process.exitCode = await main();
