// Runs a TypeScript tool: on-pinned-node.mjs FILE.ts [arguments]. npm puts the pinned Node first on PATH; where the
// platform package is missing, an older system Node would end in an unreadable loader error, so say what to do instead.
import { pathToFileURL } from 'node:url';

const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 24) {
  console.error(`Node 24 or newer is needed; this is ${process.version} (${process.execPath}).`);
  console.error('Run "npm ci" without --omit=optional and start this through npm, or install Node 24.');
  process.exit(2);
}
const [tool] = process.argv.splice(2, 1);
process.argv[1] = tool;
await import(pathToFileURL(tool).href);
