import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Where a bundle has the page: beside itself, where `npm run build` puts a copy. */
const besideBundle = new URL('./console/', import.meta.url);
const inClone = new URL('../../console/', import.meta.url);

/** The files of the console's page by their name. They are few and small, and are read once. */
export function consoleFiles(): ReadonlyMap<string, Uint8Array> {
  const directory = existsSync(besideBundle) ? besideBundle : inClone;
  return new Map(readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory))]));
}
