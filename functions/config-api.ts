import type { HttpHandler } from '../lib/control/discovery-api.ts';
import { type Cloud, cloud, cloudConfig, cloudProxies } from './cloud.ts';
import { type HttpFunction, httpFunction } from './http-function.ts';

export interface ConfigApiParts extends Pick<Cloud, 'log'> {
  readonly config: HttpHandler;
  readonly proxies: HttpHandler;
}

/** Takes and shows what people configure, and shows how the proxies stand. */
export function configApiFunction({ config, proxies, log }: ConfigApiParts): HttpFunction {
  return httpFunction(
    (request) => {
      const { pathname } = new URL(request.url);
      const isAboutProxies = pathname === '/v1/proxies' || pathname.startsWith('/v1/proxies/');
      return isAboutProxies ? proxies(request) : config(request);
    },
    (error) => log.error('request-failed', { error }),
  );
}

let made: HttpFunction | undefined;

export const handler: HttpFunction = (event, context) => {
  made ??= configApiFunction({ config: cloudConfig(cloud()), proxies: cloudProxies(cloud()), log: cloud().log });
  return made(event, context);
};
