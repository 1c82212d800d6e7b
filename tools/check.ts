// npm run check: types, lint, import table, dead exports, formatting, keys in files, audit of dependencies.
// npm run check:fast: the same before a landing, over the changed files and without dead exports.
import { runChecks } from './checks/checks.ts';

const { failed } = await runChecks({ fast: process.argv.includes('--fast') });
process.exitCode = failed === 0 ? 0 : 1;
