import { type ConfigStorePorts, configStore, newestState } from './config-store.ts';
import { readHead } from './revisions/head.ts';
import { resourcesAt } from './read-objects.ts';
import type { ConfigSource } from './worlds.ts';

/** What builds read of the config store: the newest revision, whole. */
export function configSource(ports: Omit<ConfigStorePorts, 'ids'>): ConfigSource {
  const store = configStore({ ...ports, ids: noIds });
  return {
    newestRevision: async () => (await readHead(store.records))?.record.revision ?? 0,
    async readNewest() {
      const state = await newestState(store);
      return { revision: state.revision, resources: await resourcesAt(store, state) };
    },
  };
}

/** Reading makes nothing that needs an id. */
function noIds(): never {
  throw new Error('a reader of the config store asked for a new id');
}
