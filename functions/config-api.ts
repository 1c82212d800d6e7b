import { peopleRoutes, type PeopleParts } from '../lib/control/http/http-routes.ts';
import { type Cloud, cloud, cloudConfig, cloudConsole, cloudIdentity, cloudStatus } from './cloud.ts';
import type { Gate } from '../lib/control/http/gate.ts';
import { type HttpFunction, httpFunction } from './http-function.ts';

export interface ConfigApiParts extends Pick<Cloud, 'log'>, PeopleParts {
  readonly gate: Gate;
}

/** Takes and shows what people configure, shows how the proxies stand, and serves the page that shows it all. */
export function configApiFunction(parts: ConfigApiParts): HttpFunction {
  return httpFunction(parts.gate(peopleRoutes(parts)), (error) => parts.log.error('request-failed', { error }));
}

let made: HttpFunction | undefined;

export const handler: HttpFunction = (event, context) => {
  made ??= configApiFunction(partsOf(cloud()));
  return made(event, context);
};

function partsOf(ports: Cloud): ConfigApiParts {
  const { withConditions, ...status } = cloudStatus(ports);
  const { gate } = cloudIdentity(ports);
  return { ...status, ...cloudConsole(ports), config: cloudConfig(ports, { withConditions }), log: ports.log, gate };
}
