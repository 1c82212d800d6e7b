import type { HostName } from '../base/host-name.ts';
import { namedDocument } from './named-document.ts';
import type { RouteActionIr, RouteIr, VirtualHostIr } from '../ir/route-configuration.ts';
import type { PassedOver, Reason, Step } from './explanation.ts';
import { isSentToTls, type Journey } from './follow-call.ts';
import { lostServices } from './lost-services.ts';
import { lostTables } from './lost-tables.ts';
import { withoutPort, type Request } from './request.ts';
import { mismatch } from './route-choice.ts';
import type { Sight } from './sight.ts';

/** Which virtual host and route the request met, or which routing of connections, and whose they are. */
export function routeSteps(sight: Sight, journey: Journey): readonly Step[] {
  if (journey.tcp !== undefined) return [connectionRoute(sight, journey)];
  const { isHttp, routes, isUnreadable, host } = journey;
  if (!isHttp || isUnreadable) return isUnreadable ? [nothing('host', 'TLS reached plain HTTP: answered 400')] : [];
  if (routes === undefined) return [nothing('host', 'the routes of the listener are missing: answered 404')];
  const asked = withoutPort(journey.request.authority);
  if (host === undefined) {
    const lost = [...lostServices(sight, asked), ...lostTables(sight, [asked], [])];
    return [{ ...nothing('host', `no host of ${routes.name} is ${asked}: answered 404`), lost }];
  }
  return [hostStep(sight, asked, host), routeStep(sight, journey, host)];
}

const nothing = (part: Step['part'], decision: string): Step => ({
  part,
  name: '',
  decision,
  decidedBy: [],
  lost: [],
  passedOver: [],
});

function hostStep(sight: Sight, asked: HostName, host: VirtualHostIr): Step {
  const domain =
    host.domains.find((each) => withoutPort(each) === asked) ?? host.domains.find((each) => each.includes('*'));
  const service = sight.view.services.find((visible) => visible.service.hostname === hostOf(host));
  return {
    ...nothing('host', `${asked} is ${domain === '*' ? 'any other host' : (domain ?? host.name)}`),
    name: host.name,
    decidedBy:
      service === undefined ? [] : [{ resource: service.service.source, reason: 'it is the service of this host' }],
    lost: lostServices(sight, asked),
  };
}

/** Virtual hosts are called `host:port`. */
const hostOf = ({ name }: VirtualHostIr): HostName => withoutPort(name);

function routeStep(sight: Sight, { request, route }: Journey, host: VirtualHostIr): Step {
  const decidedBy = route === undefined ? [] : decidersOf(sight, route, hostOf(host));
  return {
    part: 'route',
    name: route?.name ?? '',
    decision: decisionOf(host, route, request),
    decidedBy,
    lost: lostTables(sight, [withoutPort(request.authority), hostOf(host)], decidedBy),
    passedOver: passedOver(host, route, request),
  };
}

function decisionOf(host: VirtualHostIr, route: RouteIr | undefined, request: Request): string {
  if (isSentToTls(host, request)) return 'the host is redirected to https';
  if (route === undefined) return 'no route of the host matches: answered 404';
  return sentenceOf(route.action);
}

function sentenceOf(action: RouteActionIr): string {
  switch (action.type) {
    case 'direct-response':
      return `answered ${action.status} by the proxy`;
    case 'redirect':
      return `redirected with ${action.code}`;
    case 'forward': {
      const { target } = action;
      if (target.type === 'cluster') return `forwarded to ${target.cluster}`;
      return `forwarded to ${target.clusters.map(({ cluster, weight }) => `${cluster} (weight ${weight})`).join(', ')}`;
    }
  }
}

function decidersOf({ view }: Sight, { source }: RouteIr, host: HostName): readonly Reason[] {
  const document = namedDocument(source);
  if (document !== undefined) return [{ resource: document, reason: 'its rule matches the request' }];
  const visible = view.services.find(({ service }) => service.hostname === host);
  if (visible === undefined) return [];
  return [
    { resource: visible.service.source, reason: 'no route table speaks for it, so requests go to the service itself' },
  ];
}

/** How many routes that were not taken are told of. */
const TOLD_ROUTES = 20;

/** Those before the one that was taken, with what did not match, and those after it that would have matched too. */
function passedOver({ routes }: VirtualHostIr, taken: RouteIr | undefined, request: Request): readonly PassedOver[] {
  const at = taken === undefined ? routes.length : routes.indexOf(taken);
  const told = routes.flatMap((route, index): PassedOver[] => {
    if (index === at) return [];
    const reason = mismatch(route.match, request);
    if (index > at && reason !== undefined) return [];
    const document = namedDocument(route.source);
    const resource = document === undefined ? {} : { resource: document };
    return [{ name: route.name, ...resource, reason: reason ?? 'it matches too, and comes later' }];
  });
  return told.slice(0, TOLD_ROUTES);
}

function connectionRoute(sight: Sight, { chain, tcp, request }: Journey): Step {
  const document = namedDocument(chain?.source ?? '');
  const target = tcp?.target;
  const names = target?.type === 'weighted' ? target.clusters.map(({ cluster }) => cluster) : [target?.cluster ?? ''];
  const decidedBy = document === undefined ? [] : [{ resource: document, reason: 'its rule takes the connection' }];
  return {
    ...nothing('route', `connections are forwarded to ${names.join(', ')}, whatever they carry`),
    decidedBy,
    lost: lostTables(sight, [request.host], decidedBy),
  };
}
