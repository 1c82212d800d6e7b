import type { Finding } from '../../lib/analyze/finding.ts';
import type { AnalyzedMesh } from '../../lib/analyze/analyzed-mesh.ts';
import { analyzeMesh } from '../../lib/control/status/analyze-mesh.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import { buildWorld } from '../../lib/world/world.ts';
import { resourcesOf } from './documents.ts';

/** What is found in a mesh of these documents; nothing is known of proxies unless they are given. */
export function analysisOf(
  documents: string | readonly Resource[],
  proxies?: AnalyzedMesh['proxies'],
): Promise<readonly Finding[]> {
  const resources = typeof documents === 'string' ? resourcesOf(documents) : documents;
  const { value: world, issues } = buildWorld(resources);
  return analyzeMesh({ resources, world, issues, proxies });
}
