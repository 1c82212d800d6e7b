import { discoveryPaths } from '../../delivery/discovery-types.ts';
import { type Json, jsonOf, text } from './kind-openapi.ts';

const names = { type: 'array', items: text };
const versions = { type: 'object', additionalProperties: text };
const errorDetail = { type: 'object', properties: { code: { type: 'integer' }, message: text } };
const node = {
  type: 'object',
  required: ['id'],
  properties: { id: text, cluster: text, metadata: { type: 'object' }, locality: { type: 'object' } },
};

const refer = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
const listOf = (name: string): Json => ({ type: 'array', items: refer(name) });

/** What polls and their answers look like: Envoy's messages in proto3 JSON. Fields may be written in camelCase, too. */
export const pollSchemas: Json = {
  Node: node,
  DiscoveryRequest: {
    type: 'object',
    required: ['node'],
    properties: { node: refer('Node'), version_info: text, type_url: text, resource_names: names },
  },
  DiscoveryResponse: {
    type: 'object',
    properties: { version_info: text, type_url: text, nonce: text, resources: { type: 'array' } },
  },
  DeltaDiscoveryRequest: {
    type: 'object',
    properties: {
      ...{ node: refer('Node'), type_url: text, resource_names_subscribe: names, resource_names_unsubscribe: names },
      ...{ initial_resource_versions: versions, response_nonce: text, error_detail: errorDetail },
    },
  },
  DeltaDiscoveryResponse: {
    type: 'object',
    properties: {
      ...{ system_version_info: text, type_url: text, nonce: text, removed_resources: names },
      resources: {
        type: 'array',
        items: { type: 'object', properties: { name: text, version: text, resource: { type: 'object' } } },
      },
    },
  },
  DeltaRequests: {
    type: 'object',
    required: ['node', 'requests'],
    properties: { node: refer('Node'), requests: listOf('DeltaDiscoveryRequest') },
  },
  DeltaResponses: { type: 'object', properties: { responses: listOf('DeltaDiscoveryResponse') } },
};

/** The paths that proxies poll. */
export const pollPaths: Json = {
  ...Object.fromEntries(
    discoveryPaths.flatMap((path) => [
      [`/v3/discovery:${path}`, poll(`${path}: everything that is asked for`, 'DiscoveryRequest', 'DiscoveryResponse')],
      [
        `/v3/delta:${path}`,
        poll(`${path}: what changed since what the proxy has`, 'DeltaDiscoveryRequest', 'DeltaDiscoveryResponse'),
      ],
    ]),
  ),
  '/v3/delta': poll('many types: what changed, in the order of application', 'DeltaRequests', 'DeltaResponses'),
};

function poll(summary: string, request: string, response: string): Json {
  const problem = jsonOf(refer('Problem'));
  const isDelta = request !== 'DiscoveryRequest';
  return {
    post: {
      summary,
      requestBody: { required: true, content: { 'application/json': { schema: refer(request) } } },
      responses: {
        '200': jsonOf(refer(response)),
        '304': { description: 'the proxy has everything' },
        ...Object.fromEntries(
          ['400', ...(isDelta ? ['409'] : []), '413', '429', '503'].map((status) => [status, problem]),
        ),
      },
    },
  };
}
