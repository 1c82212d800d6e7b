import type { DeltaAnswerBody } from './delivery.ts';
import { sidecarNode } from './delivery.ts';

/** A client that keeps the resources of some types by deltas alone, all types in one poll, as an agent beside an Envoy would. */
export interface DeltaClient {
  /** Polls once and applies what comes; the status of the answer. */
  poll(headers?: Readonly<Record<string, string>>): Promise<number>;
  /** Name -> resource, of one type. */
  resources(typeUrl: string): ReadonlyMap<string, object>;
  /** How many resources the last answer carried. */
  lastCarried(): number;
  /** Polls that had to list everything because the service did not know the state any more. */
  restarts(): number;
}

interface Held {
  nonce: string;
  readonly versions: Map<string, string>;
  readonly resources: Map<string, object>;
}

export function deltaClient(url: () => string, typeUrls: readonly string[]): DeltaClient {
  const held = new Map<string, Held>(
    typeUrls.map((typeUrl) => [typeUrl, { nonce: '', versions: new Map(), resources: new Map() }]),
  );
  const state = { carried: 0, restarts: 0 };

  const send = (listsAll: boolean, headers: Readonly<Record<string, string>>): Promise<Response> => {
    const requests = [...held].map(([type_url, { nonce, versions }]) => ({
      type_url,
      resource_names_subscribe: ['*'],
      ...(listsAll ? { initial_resource_versions: Object.fromEntries(versions) } : { response_nonce: nonce }),
    }));
    const body = JSON.stringify({ node: sidecarNode, requests });
    return fetch(`${url()}/v3/delta`, { method: 'POST', body, headers });
  };
  return {
    async poll(headers = {}) {
      let answer = await send(false, headers);
      if (answer.status === 409) {
        state.restarts += 1;
        answer = await send(true, headers);
      }
      state.carried = 0;
      if (answer.status !== 200) return answer.status;
      const { responses } = (await answer.json()) as { readonly responses: readonly DeltaAnswerBody[] };
      for (const response of responses) {
        const mine = held.get(response.type_url);
        if (!mine) throw new Error(`nobody asked for ${response.type_url}`);
        state.carried += response.resources.length;
        apply(mine, response);
      }
      return answer.status;
    },
    resources: (typeUrl) => held.get(typeUrl)?.resources ?? new Map<string, object>(),
    lastCarried: () => state.carried,
    restarts: () => state.restarts,
  };
}

function apply(held: Held, { nonce, resources, removed_resources }: DeltaAnswerBody): void {
  held.nonce = nonce;
  for (const name of removed_resources) {
    held.versions.delete(name);
    held.resources.delete(name);
  }
  for (const { name, version, resource } of resources) {
    held.versions.set(name, version);
    held.resources.set(name, resource);
  }
}
