import { endpointWatch } from './endpoint-watch.ts';
import { percentile } from './measure.ts';
import type { BenchRow } from './row.ts';
import { withServedMesh } from './served-mesh.ts';

const VIEW_COUNTS = [1, 50];
/** Changes that do not count, in which the runtime compiles what is hot and the builder remembers its pieces. */
const WARM_UP = 3;

/**
 * From sending a change of one endpoint until a proxy is served it (BLD-8), for views that all see it; a proxy of another view is
 * asked each time. The floor is the time to the acknowledgement, without which nothing may be served.
 */
export async function visibleRows(services: number, changes: number): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const views of VIEW_COUNTS) rows.push(...(await visibleTo(views, { services, changes })));
  return rows;
}

interface Change {
  readonly acknowledgedMs: number;
  readonly servedMs: number;
}

function visibleTo(
  views: number,
  { services, changes }: { readonly services: number; readonly changes: number },
): Promise<readonly BenchRow[]> {
  return withServedMesh(services, async (mesh) => {
    const watch = endpointWatch(mesh.service().url);
    const sidecars = Array.from({ length: views }, (_, index) => ({ index, namespace: `ns-${index}` }));
    const measured: Change[] = [];
    for (let change = -WARM_UP; change < changes; change += 1) {
      for (const sidecar of sidecars) await watch.untilServed(sidecar); // the change before is built for all
      const asked = sidecars[(change + WARM_UP) % views];
      if (asked === undefined) throw new Error('there is no view');
      const started = performance.now();
      await watch.move();
      const acknowledgedMs = performance.now() - started;
      await watch.untilServed(asked);
      measured.push({ acknowledgedMs, servedMs: performance.now() - started });
    }
    const counted = measured.slice(WARM_UP);
    return [50, 99].map((percent) => ({
      bench: `apply to visible, ${views} ${views === 1 ? 'view' : 'views'}, p${percent} of ${changes}`,
      services,
      unit: 'ms',
      value: percentile(
        counted.map(({ servedMs }) => servedMs),
        percent,
      ),
      floor: percentile(
        counted.map(({ acknowledgedMs }) => acknowledgedMs),
        percent,
      ),
      floorIs: 'until acknowledged',
    }));
  });
}
