import type { Noted } from '../base/issue.ts';
import type { ClusterIr } from '../ir/cluster.ts';
import type { ProxyView } from '../view/proxy-view.ts';

export function compileClusters(_view: ProxyView): Noted<readonly ClusterIr[]> {
  return { value: [], issues: [] };
}
