import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { encodeProxy } from '../../lib/envoy/encode-proxy.ts';
import { XDS_TYPES } from '../../lib/envoy/xds-types.ts';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import type { HttpMatchRequest, HttpRoute, StringMatch } from '../../lib/resources/virtual-service-spec.ts';
import type { Resource } from '../../lib/resources/resource.ts';
import {
  arbitraryAnswers,
  arbitraryRequest,
  arbitraryVirtualServices,
  servicesOf,
  type ArbitraryRequest,
} from '../support/arbitrary-routes.ts';
import { envoyProblems } from '../support/envoy-descriptors.ts';
import { lineOfResources } from '../support/line.ts';
import { need } from '../support/needs.ts';
import { virtualService } from '../support/route-tables.ts';
import { evaluateCall } from '../support/traffic.ts';

const needsProtos = await need('envoy-protos');

const services = servicesOf(['a.x', 'b.x', 'c.b.x']);
const node = { type: 'sidecar', labels: { app: 'front' }, metadata: { HTTP_PROXY_PORT: '15080' } } as const;
const irOf = (documents: readonly Resource[]): ProxyIr => lineOfResources([...services, ...documents], node).ir;

test('RT-1, RT-2: the rule that answers is the first one of the document that holds', () => {
  fc.assert(
    fc.property(arbitraryAnswers, arbitraryRequest, (http, request) => {
      const { method, path, query, headers, port } = request;
      const search = new URLSearchParams(query).toString();
      const call = `${method} http://a.x:${port}${path}${search === '' ? '' : `?${search}`}`;
      const ir = irOf([virtualService('a', { hosts: ['a.x'], gateways: ['mesh', 'edge'], http })]);
      const { status, cluster } = evaluateCall(ir, { call, headers });
      assert.equal(status ?? cluster, expected(http, request));
    }),
    { numRuns: 500 },
  );
});

/** What the document says, told from its text alone; RD-20: rules of which none can hold on a port leave it to the service. */
function expected(http: readonly HttpRoute[], request: ArbitraryRequest): number | string {
  const canHold = (match: HttpMatchRequest): boolean => {
    if ((match.port ?? request.port) !== request.port) return false;
    if (match.gateways !== undefined) return match.gateways.includes('mesh');
    return (match.sourceNamespace ?? 'default') === 'default' && (match.sourceLabels?.['app'] ?? 'front') === 'front';
  };
  const kept = http.map((rule) => ({ ...rule, match: (rule.match ?? [{}]).filter(canHold) }));
  if (kept.every(({ match }) => match.length === 0)) return `outbound|${request.port}||a.x`;
  const rule = kept.find(({ match }) => match.some((each) => holds(each, request)));
  return rule?.directResponse?.status ?? 404;
}

function holds(match: HttpMatchRequest, { method, path, query, headers, port }: ArbitraryRequest): boolean {
  const { uri, ignoreUriCase = false, queryParams = {}, withoutHeaders = {} } = match;
  const fold = (text: string): string => (ignoreUriCase ? text.toLowerCase() : text);
  const pathHolds =
    uri?.regex === undefined
      ? says(
          {
            ...(uri?.exact !== undefined && { exact: fold(uri.exact) }),
            ...(uri?.prefix !== undefined && { prefix: fold(uri.prefix) }),
          },
          fold(path),
        )
      : says(uri, path);
  const unwanted = Object.entries(withoutHeaders).some(([name, text]) => {
    const isPresence = Object.keys(text).length === 0;
    return isPresence ? name in headers : says(text, headers[name] ?? '');
  });
  const all = (wanted: Readonly<Record<string, StringMatch>>, given: Readonly<Record<string, string>>): boolean =>
    Object.entries(wanted).every(([name, text]) => given[name] !== undefined && says(text, given[name]));
  const asked = says(match.method ?? {}, method) && says(match.authority ?? {}, `a.x:${port}`);
  return pathHolds && !unwanted && asked && all(match.headers ?? {}, headers) && all(queryParams, query);
}

function says({ exact, prefix, regex }: StringMatch, text: string): boolean {
  if (exact !== undefined) return text === exact;
  if (prefix !== undefined) return text.startsWith(prefix);
  return regex === undefined || new RegExp(`^(?:${regex})$`).test(text);
}

test('G-5: the order in which VirtualServices come does not matter', () => {
  const shuffled = arbitraryVirtualServices.chain((documents) =>
    fc.tuple(fc.constant(documents), fc.shuffledSubarray([...documents], { minLength: documents.length })),
  );
  fc.assert(
    fc.property(shuffled, ([documents, others]) => assert.deepEqual(irOf(others).routes, irOf(documents).routes)),
  );
});

test('RD-8, RD-15: names of virtual hosts and domains are unique, and there are hosts for every domain', () => {
  fc.assert(
    fc.property(arbitraryVirtualServices, (documents) => {
      for (const { virtualHosts } of irOf(documents).routes) {
        const names = virtualHosts.map(({ name }) => name);
        const domains = virtualHosts.flatMap((host) => host.domains.map((domain) => domain.toLowerCase()));
        assert.deepEqual([new Set(names).size, new Set(domains).size], [names.length, domains.length]);
        assert.ok(virtualHosts.every((host) => host.domains.length > 0));
      }
    }),
  );
});

test("RT-14, RT-20: whatever VirtualServices say, the routes are what Envoy's API allows", needsProtos, () => {
  const { typeUrl } = XDS_TYPES.routes;
  fc.assert(
    fc.property(arbitraryVirtualServices, (documents) => {
      const routes = encodeProxy(irOf(documents)).filter(({ type }) => type === 'routes');
      assert.deepEqual(
        routes.flatMap(({ body }) => envoyProblems(typeUrl, body)),
        [],
      );
    }),
  );
});
