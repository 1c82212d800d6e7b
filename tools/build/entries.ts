/** One bundle to make: the file it starts at and where it goes, both relative to the repository (or absolute). */
export interface BundleEntry {
  readonly name: string;
  readonly source: string;
  readonly target: string;
}

/** A file of `functions` is a Lambda when it exports a `handler`; the composition roots beside them do not. */
const exportsHandler = /^export (const|(async )?function) handler\b/m;

/** The bundles that the repository asks for: one per Lambda, the command line, and the agent that is shipped beside Envoys. */
export function bundleEntries(files: readonly string[], read: (path: string) => string): BundleEntry[] {
  const lambdas = files
    .filter((path) => /^functions\/[^/]+\.ts$/.test(path) && exportsHandler.test(read(path)))
    .map((source) => {
      const name = source.replace(/^functions\/|\.ts$/g, '');
      return { name, source, target: `dist/functions/${name}/index.mjs` };
    });
  const cli = files.includes('lib/cli/main.ts')
    ? [{ name: 'cli', source: 'lib/cli/main.ts', target: 'dist/cli/main.mjs' }]
    : [];
  const agent = files.includes('lib/cli/agent-main.ts')
    ? [{ name: 'agent', source: 'lib/cli/agent-main.ts', target: 'dist/agent/main.mjs' }]
    : [];
  return [...lambdas, ...cli, ...agent];
}
