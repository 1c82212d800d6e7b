import type { Clock } from '../../ports/clock.ts';
import { breather } from '../build/breather.ts';
import type { Worlds } from '../build/worlds.ts';
import type { HttpHandler } from '../http/http-handler.ts';
import { jsonResponse } from '../http/json-response.ts';
import type { ProxyStates } from '../polls/proxy-states.ts';
import { analyzeMesh } from './analyze-mesh.ts';

export interface AnalysisPorts {
  readonly clock: Clock;
  readonly worlds: Pick<Worlds, 'newest'>;
  readonly states: Pick<ProxyStates, 'all'>;
}

/** `GET /v1/analysis`: what is wrong between the objects of the newest revision, beside the proxies that polled of late. */
export function analysisApi({ clock, worlds, states }: AnalysisPorts): HttpHandler {
  return async ({ method }) => {
    if (method !== 'GET') return jsonResponse(405, { code: 'METHOD_NOT_ALLOWED', message: 'use GET' });
    const [{ revision, world, resources, issues }, known] = await Promise.all([worlds.newest(), states.all()]);
    const proxies = known.map(({ facts }) => facts);
    const findings = await analyzeMesh({ resources, world, issues, proxies }, breather(clock));
    return jsonResponse(200, { revision, objects: resources.length, proxies: proxies.length, findings });
  };
}
