import type { PollSetting, ProxyIr } from '../ir/proxy-ir.ts';
import { encodeCluster } from './cluster.ts';
import { encodeEndpoints } from './endpoints.ts';
import type { EnvoyResource, ProtoJson, XdsType } from './envoy-resource.ts';
import { encodeListener } from './listener.ts';
import { encodeRouteConfiguration } from './route-configuration.ts';
import { encodeSealedSecret } from './secret.ts';

/** How Envoy wants the decisions written: a pure spelling, one resource per entry, in the order of the IR. */
export const encodeProxy = (ir: ProxyIr): readonly EnvoyResource[] =>
  eachList(ir, (_type, items, encode) => items.map(encode)).flat();

/** Takes one list of the IR and what spells an item of it, which may look at nothing but the item and the poll setting. */
export type ListVisitor<Result> = <Item extends { readonly name: string }>(
  type: XdsType,
  items: readonly Item[],
  encode: (item: Item) => EnvoyResource,
) => Result;

/** What a visitor makes of each list of the IR, for whoever wants to spell only what was not spelled before. */
export function eachList<Result>(ir: ProxyIr, visit: ListVisitor<Result>): readonly Result[] {
  const polls: PollSetting = { refresh: ir.refresh };
  const visited = <Item extends { readonly name: string }>(
    type: XdsType,
    items: readonly Item[],
    encode: (item: Item, polls: PollSetting) => ProtoJson,
  ): Result => visit(type, items, (item) => ({ type, name: item.name, body: encode(item, polls) }));
  return [
    visited('clusters', ir.clusters, encodeCluster),
    visited('endpoints', ir.endpoints, encodeEndpoints),
    visited('listeners', ir.listeners, encodeListener),
    visited('routes', ir.routes, encodeRouteConfiguration),
    visited('secrets', ir.secrets, encodeSealedSecret),
  ];
}
