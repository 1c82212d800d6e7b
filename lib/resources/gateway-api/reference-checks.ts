import type { FindingLog } from '../finding.ts';
import type { BackendObject, ParentRef } from './route-shapes.ts';

const GATEWAY_GROUP = 'gateway.networking.k8s.io';

/** GA-11: two references to one parent must say which listener or port each of them means. */
export function checkParentRefs(log: FindingLog, parentRefs: readonly ParentRef[] = []): void {
  const byParent = Map.groupBy(parentRefs.entries(), ([, ref]) => parentOf(ref));
  for (const refs of byParent.values()) {
    if (refs.length < 2) continue;
    const seen = new Set<string>();
    for (const [index, ref] of refs) {
      const { sectionName = '', port = 0 } = ref;
      const part = `${sectionName} ${port}`;
      const here = log.at(`[${index}]`);
      if (sectionName === '' && port === 0) {
        here.error(
          'REQUIRED',
          'sectionName or port must be specified when parentRefs has several references to a parent',
        );
      } else if (seen.has(part)) {
        here.error(
          'DUPLICATE',
          'sectionName or port must be unique among the references to a parent; remove one of them',
        );
      }
      seen.add(part);
    }
  }
}

const parentOf = ({ group = GATEWAY_GROUP, kind = 'Gateway', namespace = '', name }: ParentRef): string =>
  `${group} ${kind} ${namespace} ${name}`;

/** GA-16 */
export function checkBackend(log: FindingLog, { group = '', kind = 'Service', port }: BackendObject): void {
  if (group !== '' || kind !== 'Service' || port !== undefined) return;
  log.at('port').error('REQUIRED', 'must have port for Service reference; name the port of the service');
}
