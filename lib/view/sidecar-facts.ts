import type { ResourceKey } from '../resources/resource.ts';
import { chosenSidecar } from '../world/sidecar-choices.ts';
import type { World } from '../world/world.ts';
import type { ProxyFacts } from './proxy-facts.ts';

/** What a proxy's Sidecar makes of the facts about it. */
export interface SidecarFacts {
  /** The Sidecar that selects it by its labels; empty for none. */
  readonly sidecar: ResourceKey | '';
  /** Its own addresses where its Sidecar makes it listen there or send there, each empty where it is not looked at or not there. */
  readonly ownAddress: OwnAddress;
}

export interface OwnAddress {
  /** The first address that other machines may reach it at, of either family. */
  readonly first: string;
  readonly v4: string;
  readonly v6: string;
}

export const NO_ADDRESS: OwnAddress = { first: '', v4: '', v6: '' };

/** SC-1, SC-2, VIEW-5: equal proxies share a view whatever their addresses are, as long as nothing is written at these. */
export function sidecarFacts({ sidecarChoices }: Pick<World, 'sidecarChoices'>, proxy: ProxyFacts): SidecarFacts {
  const chosen = proxy.type === 'sidecar' ? chosenSidecar(sidecarChoices, proxy) : undefined;
  if (chosen === undefined) return { sidecar: '', ownAddress: NO_ADDRESS };
  const isOpenedThere = proxy.interception === 'none' || proxy.profile === 'istio-proxy';
  const isRead = chosen.bindsAddress || (chosen.namesAddress && isOpenedThere);
  return {
    sidecar: chosen.selector === null ? '' : chosen.source,
    ownAddress: isRead ? ownAddress(proxy.ips) : NO_ADDRESS,
  };
}

function ownAddress(ips: readonly string[]): OwnAddress {
  return {
    first: ips.find(isReachable) ?? '',
    v4: ips.find((ip) => !ip.includes(':')) ?? '',
    v6: ips.find((ip) => ip.includes(':')) ?? '',
  };
}

/** Not a loopback, link-local, multicast or unspecified address. */
const isReachable = (ip: string): boolean =>
  !/^(?:127\.|169\.254\.|2(?:2[4-9]|3\d)\.|0\.0\.0\.0$|::1?$|fe[89ab][0-9a-f]:|ff[0-9a-f]{2}:)/i.test(ip);
