import type { Noted } from '../base/issue.ts';
import { noMemory, type StageMemory } from '../base/stage-memory.ts';
import type { EndpointsIr } from '../ir/endpoints.ts';
import type { ProxyView } from '../view/proxy-view.ts';
import { SERVICE_ENDPOINTS } from './cluster-pieces.ts';
import { clusterSubjects } from './cluster-subjects.ts';
import { joinedByName } from './joined-pieces.ts';

/** The endpoints of every cluster that finds them by EDS, sorted by name. */
export function compileEndpoints(view: ProxyView, memory: StageMemory = noMemory): Noted<readonly EndpointsIr[]> {
  const subjects = clusterSubjects(view, memory);
  const pieces = memory.pieces(
    SERVICE_ENDPOINTS,
    view.services.map((visible) => subjects.endpoints(visible)),
  );
  return joinedByName('endpoints', pieces, memory);
}
