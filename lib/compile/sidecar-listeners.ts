import type { Noted } from '../base/issue.ts';
import type { ListenerIr } from '../ir/listener.ts';
import type { ProxyView } from '../view/proxy-view.ts';

export function compileSidecarListeners(_view: ProxyView): Noted<readonly ListenerIr[]> {
  return { value: [], issues: [] };
}
