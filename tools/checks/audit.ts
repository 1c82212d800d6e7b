import { runProgram } from '../support/run-program.ts';

/** What is known of the dependencies: what is wrong with them, or why nobody could say. */
export type Audit = { readonly found: readonly string[] } | { readonly unknown: string };

/** Asks the registry for known weaknesses of what is in the lock file. A registry that cannot be asked is no clean bill of health. */
export async function auditDependencies(cwd: string): Promise<Audit> {
  const { output } = await runProgram('npm', ['audit', '--json'], { cwd, timeoutMs: 60_000 });
  return readAudit(output);
}

interface Report {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity?: string; readonly range?: string }>>;
  readonly message?: string;
  readonly error?: { readonly summary?: string };
}

/** Weaknesses that are to be fixed before anything lands; lesser ones are looked at when dependencies are renewed. */
const SERIOUS: ReadonlySet<string> = new Set(['moderate', 'high', 'critical']);

export function readAudit(output: string): Audit {
  const report = parsed(output.slice(output.indexOf('{'), output.lastIndexOf('}') + 1));
  if (report?.vulnerabilities === undefined) {
    const why = report?.message || report?.error?.summary || output.trim().split('\n')[0] || 'npm said nothing';
    return { unknown: why };
  }
  const found = Object.entries(report.vulnerabilities).filter(([, { severity = '' }]) => SERIOUS.has(severity));
  return { found: found.map(([name, { severity, range = '' }]) => `${name} ${range}: ${severity}`) };
}

function parsed(text: string): Report | undefined {
  try {
    return JSON.parse(text) as Report;
  } catch {
    return undefined; // not what npm audit prints when it could ask
  }
}
