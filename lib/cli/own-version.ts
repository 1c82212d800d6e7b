import { readFileSync } from 'node:fs';

/** The version of this program, from its manifest two folders up: above the sources as above a bundle. */
export function ownVersion(): string {
  const manifest = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}
