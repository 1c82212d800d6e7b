import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Resource } from '../../lib/resources/resource.ts';
import { analysisOf } from '../support/analysis.ts';
import { arbitraryRevisions } from '../support/arbitrary-edits.ts';
import { unadmittedResourcesOf } from '../support/documents.ts';

const api = { apiVersion: 'networking.istio.io/v1' };

/** Services with subsets that are served, each with its rule, and routes to nothing else, closest first; some at a gateway. */
const correctMesh: fc.Arbitrary<readonly Resource[]> = fc
  .uniqueArray(
    fc.record({
      name: fc.constantFrom('one', 'two', 'three', 'four'),
      namespace: fc.constantFrom('a', 'b'),
      versions: fc.uniqueArray(fc.constantFrom('v1', 'v2', 'v3'), { minLength: 1 }),
      paths: fc.uniqueArray(fc.constantFrom('/x', '/y', '/z'), { maxLength: 3 }),
      isAtGateway: fc.boolean(),
      isPrivate: fc.boolean(),
    }),
    { maxLength: 5, selector: ({ name }) => name },
  )
  .map((services) =>
    unadmittedResourcesOf(
      services
        .flatMap(documentsOf)
        .map((each) => JSON.stringify(each))
        .join('\n---\n'),
    ),
  );

interface CorrectService {
  readonly name: string;
  readonly namespace: string;
  readonly versions: readonly string[];
  readonly paths: readonly string[];
  readonly isAtGateway: boolean;
  readonly isPrivate: boolean;
}

function documentsOf({ name, namespace, versions, paths, isAtGateway, isPrivate }: CorrectService): readonly object[] {
  const metadata = { name, namespace };
  const [host, exportTo] = [`${name}.test`, isPrivate ? ['.'] : ['*']];
  const route = (subset: string) => [{ destination: { host, subset, port: { number: 80 } } }];
  const [first = ''] = versions;
  const http = [
    ...paths.flatMap((prefix) => [
      { match: [{ uri: { exact: `${prefix}/exact` } }], route: route(versions.at(-1) ?? '') },
      { match: [{ uri: { prefix } }], route: route(first) },
    ]),
    { route: route(first) },
  ];
  const server = { port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: [host] };
  const gateway = { ...api, kind: 'Gateway', metadata, spec: { selector: { app: 'edge' }, servers: [server] } };
  return [
    {
      ...api,
      kind: 'ServiceEntry',
      metadata,
      spec: {
        hosts: [host],
        exportTo,
        ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
        resolution: 'STATIC',
        endpoints: versions.map((version, index) => ({ address: `10.0.0.${index + 1}`, labels: { version } })),
      },
    },
    {
      ...api,
      kind: 'DestinationRule',
      metadata,
      spec: { host, exportTo, subsets: versions.map((version) => ({ name: version, labels: { version } })) },
    },
    {
      ...api,
      kind: 'VirtualService',
      metadata,
      spec: { hosts: [host], exportTo, http, ...(isAtGateway && { gateways: ['mesh', name] }) },
    },
    ...(isAtGateway ? [gateway] : []),
  ];
}

test('analyze: a mesh that is as it should be has no findings', async () => {
  await fc.assert(
    fc.asyncProperty(correctMesh, async (documents) => assert.deepEqual(await analysisOf(documents), [])),
    { numRuns: 100 },
  );
});

test('analyze: a route of such a mesh whose service goes is found, and only what has to do with it', async () => {
  await fc.assert(
    fc.asyncProperty(correctMesh, fc.nat(), async (documents, choice) => {
      const entries = documents.filter(({ kind }) => kind === 'ServiceEntry');
      const gone = entries[choice % Math.max(1, entries.length)];
      fc.pre(gone !== undefined);
      const findings = await analysisOf(documents.filter((each) => each !== gone));
      const { namespace, name } = gone.metadata;
      const about = new Set(findings.map(({ code, resource }) => `${code} ${resource}`));
      assert.ok(about.has(`DESTINATION_NOT_FOUND VirtualService/${namespace}/${name}`));
      assert.ok(about.has(`DESTINATION_RULE_WITHOUT_SERVICE DestinationRule/${namespace}/${name}`));
      assert.equal(about.size, 2, [...about].join());
    }),
    { numRuns: 50 },
  );
});

test('analyze: whatever documents say, findings come without a throw, each once, about documents that are there, in one order', async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryRevisions, async (revisions) => {
      for (const documents of revisions) {
        const findings = await analysisOf(documents);
        const said = findings.map((finding) => JSON.stringify(finding));
        assert.equal(new Set(said).size, said.length);
        const keys = new Set(documents.map(({ kind, metadata }) => `${kind}/${metadata.namespace}/${metadata.name}`));
        for (const { resource } of findings) assert.ok(keys.has(resource), resource);
        assert.deepEqual(await analysisOf(documents.toReversed()), findings);
      }
    }),
    { numRuns: 60 },
  );
});
