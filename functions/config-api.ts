import { peopleRoutes, type PeopleParts } from '../lib/control/http/http-routes.ts';
import { type Cloud, cloud, cloudConfig, cloudConsole, cloudStatus } from './cloud.ts';
import { type HttpFunction, httpFunction } from './http-function.ts';

export interface ConfigApiParts extends Pick<Cloud, 'log'>, PeopleParts {}

/** Takes and shows what people configure, shows how the proxies stand, and serves the page that shows it all. */
export function configApiFunction(parts: ConfigApiParts): HttpFunction {
  return httpFunction(peopleRoutes(parts), (error) => parts.log.error('request-failed', { error }));
}

let made: HttpFunction | undefined;

export const handler: HttpFunction = (event, context) => {
  made ??= configApiFunction(partsOf(cloud()));
  return made(event, context);
};

function partsOf(ports: Cloud): ConfigApiParts {
  const { withConditions, ...status } = cloudStatus(ports);
  return { ...status, ...cloudConsole(), config: cloudConfig(ports, { withConditions }), log: ports.log };
}
