import { endpointWatch } from './endpoint-watch.ts';
import type { BenchRow } from './row.ts';
import { withServedMesh } from './served-mesh.ts';

const PROXIES = 500;

/** What one change costs for many proxies that are alike (VIEW-2): one build and one snapshot, as the service's own metrics count them. */
export function sharedViewRows(services: number): Promise<readonly BenchRow[]> {
  return withServedMesh(services, async (mesh) => {
    const { url } = mesh.service();
    const watch = endpointWatch(url);
    const sidecars = Array.from({ length: PROXIES }, (_, index) => ({ index, namespace: 'ns-0' }));
    const allServed = async (): Promise<void> => {
      for (const sidecar of sidecars) await watch.untilServed(sidecar);
    };
    await allServed();
    await watch.move();
    await allServed();
    const before = await counted(url);
    await watch.move();
    await allServed();
    const after = await counted(url);
    const row = (bench: string, unit: string, value: number): BenchRow => ({
      bench: `${bench} of one change, ${PROXIES} equal proxies`,
      services,
      unit,
      value,
      floor: 1,
      floorIs: 'one for all',
    });
    return [
      row('builds', 'builds', after.builds - before.builds),
      row('published snapshots', 'snapshots', after.published - before.published),
    ];
  });
}

async function counted(url: string): Promise<{ readonly builds: number; readonly published: number }> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const valueOf = (series: string): number => {
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? 0 : Number(line.slice(series.length));
  };
  return {
    builds: valueOf('pilotless_build_seconds_count{result="built"}'),
    published: valueOf('pilotless_publishes_total{outcome="replaced"}'),
  };
}
