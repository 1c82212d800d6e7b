import { type Cloud, cloud } from './cloud.ts';
import { type HttpFunction, httpFunction } from './http-function.ts';

/** Takes and shows what people configure, and shows how the proxies stand. */
export function configApiFunction({ config, delivery, log }: Pick<Cloud, 'config' | 'delivery' | 'log'>): HttpFunction {
  return httpFunction(
    (request) => {
      const { pathname } = new URL(request.url);
      const isAboutProxies = pathname === '/v1/proxies' || pathname.startsWith('/v1/proxies/');
      return isAboutProxies ? delivery.proxies(request) : config(request);
    },
    (error) => log.error('request-failed', { error }),
  );
}

let made: HttpFunction | undefined;

export const handler: HttpFunction = (event, context) => {
  made ??= configApiFunction(cloud());
  return made(event, context);
};
