import type { NetworkFilterIr } from '../ir/listener.ts';
import { isHttp } from '../model/protocol.ts';
import type { ListenedService } from './listener-view.ts';
import { type MachineFacts, speaksMeshTls } from './mesh-tls.ts';

/** Whether clusters of the proxy offer by themselves to speak HTTP inside of mutual TLS (docs/decisions/0022). */
export const offersHttp = (facts: MachineFacts): boolean => facts.profile === 'envoy' && speaksMeshTls(facts);

/**
 * PROF-3, FC-11: what a chain for bytes puts before its proxy, so that the servers of these clusters read bytes as bytes. Nothing
 * where no cluster would say anything else, or where its TLS is not the mesh's.
 */
export function offeredAsBytes(
  ends: readonly { readonly visible: ListenedService | undefined; readonly cluster: string }[],
): readonly NetworkFilterIr[] {
  const isMet = ends.some(({ visible, cluster }) => {
    if (visible === undefined || visible.service.isMeshExternal) return false;
    const { service, policy } = visible;
    const mayCarryHttp = service.ports.some(({ protocol }) => isHttp(protocol) || protocol === 'auto');
    return mayCarryHttp && !(policy?.originating ?? []).includes(cluster);
  });
  return isMet ? [{ type: 'offered-protocols', protocols: ['istio'] }] : [];
}
