// npm run fetch [NAME...]: brings the programs that npm cannot bring into .cache and says what is there.
import { fetchProgram } from './fetch/fetch-program.ts';
import { programNames, programs } from './fetch/programs.ts';
import type { ProgramName } from './fetch/programs.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !isProgram(name));
if (unknown.length > 0) {
  console.error(`unknown program ${unknown.join(', ')}; there are ${programNames.join(', ')}`);
  process.exit(2);
}

const wanted = asked.length > 0 ? asked.filter(isProgram) : programNames;
const present = await Promise.all(wanted.map(report));
process.exitCode = present.every(Boolean) ? 0 : 1;

async function report(name: ProgramName): Promise<boolean> {
  const { version, purpose } = programs[name];
  const located = await fetchProgram(name);
  const isReady = 'ready' in located;
  console.log(`${isReady ? 'ready  ' : 'MISSING'} ${`${name} ${version}`.padEnd(22)} ${purpose}`);
  if (!isReady) console.log(`        ${located.missing}\n        → ${located.remedy}`);
  return isReady;
}

function isProgram(name: string): name is ProgramName {
  return name in programs;
}
