import { oldestFirst } from '../base/age.ts';
import type { Issue, Noted } from '../base/issue.ts';
import type { OwnInstance } from '../view/proxy-view.ts';
import type { ListenerView } from './listener-view.ts';

/**
 * LS-22, ITLS-12: the service ports that a proxy serves itself, one per target port, sorted by it. Of several services on a
 * target port the oldest decides what the port speaks. Ports that the proxy uses itself are left out (LS-6).
 */
export function instancesByPort({ instances, facts, mesh }: ListenerView): Noted<readonly OwnInstance[]> {
  const reserved = new Set([mesh.outboundPort, mesh.inboundPort, ...facts.reservedPorts]);
  const byPort = new Map<number, OwnInstance>();
  const issues: Issue[] = [];
  const ofTcp = instances.filter(({ port }) => port.protocol !== 'udp');
  for (const instance of [...ofTcp].sort((a, b) => oldestFirst(a.service, b.service))) {
    const { targetPort } = instance;
    const older = byPort.get(targetPort);
    if (reserved.has(targetPort)) issues.push(lost(instance, 'the proxy uses that port itself'));
    else if (older === undefined) byPort.set(targetPort, instance);
    else if (older.port.protocol !== instance.port.protocol && older.service.hostname !== instance.service.hostname) {
      issues.push(lost(instance, `${older.service.hostname} is older and says that it speaks ${older.port.protocol}`));
    }
  }
  return { value: [...byPort.values()].sort((a, b) => a.targetPort - b.targetPort), issues };
}

function lost({ service, port, targetPort }: OwnInstance, reason: string): Issue {
  return {
    severity: 'warning',
    code: 'INBOUND_CONFLICT',
    resource: service.source,
    path: '',
    message: `port ${port.number} (${port.protocol}) is ignored where it is served on port ${targetPort}: ${reason}`,
  };
}
