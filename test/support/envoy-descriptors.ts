import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import protobuf from 'protobufjs';
import protojson from 'protobufjs/ext/protojson.js';
import { directoryOf, locate } from '../../tools/fetch/locate.ts';
import { pgvProblems } from './pgv-rules.ts';

type Json = Readonly<Record<string, unknown>>;

/** The packages whose messages Envoy takes as configuration, with all that they import. */
const CONFIGURATION =
  /^(envoy\/(config|extensions|type|data|service\/discovery)\/.*v3.*|udpa\/type\/v1\/typed_struct)\.proto$/;

/** A filter that Istio's own proxy has beside Envoy's; the packages of Envoy's messages lack it. */
const ISTIO_ALPN = `
syntax = "proto3";
package istio.envoy.config.filter.http.alpn.v2alpha1;
message FilterConfig {
  enum Protocol { HTTP10 = 0; HTTP11 = 1; HTTP2 = 2; }
  message AlpnOverride { Protocol upstream_protocol = 1; repeated string alpn_override = 2; }
  repeated AlpnOverride alpn_override = 1;
}`;

let loaded: protobuf.Root | undefined;

/**
 * Envoy's own descriptors, read from the .proto files that `npm run fetch` brings. They are parsed from source at every start
 * (half a second), because protobufjs keeps options that hold messages, such as the rules of durations, nowhere else.
 */
function envoyDescriptors(): protobuf.Root {
  if (loaded !== undefined) return loaded;
  const located = locate('envoy-protos');
  if ('missing' in located) throw new Error(`${located.missing}; ${located.remedy}`);
  const directory = join(directoryOf('envoy-protos'), 'proto');
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => join(directory, target);
  root.loadSync(files.filter((file) => CONFIGURATION.test(file)));
  protobuf.parse(ISTIO_ALPN, root);
  root.resolveAll();
  loaded = root;
  return root;
}

/**
 * Everything that Envoy's API has against a resource, each with its path; nothing when it is in order. Checked are strict proto3
 * JSON (unknown fields, enum names, types of nested Any), canonical form (camelCase, no defaults), and the PGV rules.
 */
export function envoyProblems(typeUrl: string, body: Json): readonly string[] {
  const root = envoyDescriptors();
  const type = root.lookupType(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
  const refused = refusal(type, body);
  if (refused !== undefined) return [refused];
  const canonical = protojson.toJson(type, protojson.fromJson(type, body)) as unknown;
  if (!isDeepStrictEqual(canonical, body)) return [`${firstDifference(canonical, body, '')} is not canonical`];
  return pgvProblems(type, body);
}

/** Why strict parsing refuses a value, with the path to the innermost message that it refuses; the parser itself names only types. */
function refusal(type: protobuf.Type, value: unknown, path = ''): string | undefined {
  try {
    protojson.fromJson(type, value);
    return undefined;
  } catch (error) {
    const inner = children(type, value).map(([name, child, childValue]) =>
      refusal(child, childValue, `${path}.${name}`),
    );
    return inner.find((problem) => problem !== undefined) ?? `${path || '.'}: ${(error as Error).message}`;
  }
}

/** The messages directly inside a value, as far as the value is one. */
function children(type: protobuf.Type, value: unknown): readonly (readonly [string, protobuf.Type, unknown])[] {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
  const typeUrl = (value as Json)['@type'];
  if (typeof typeUrl === 'string') {
    const inside = type.root.lookup(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    const { '@type': _type, ...rest } = value as Json;
    return inside instanceof protobuf.Type ? [[`[${inside.name}]`, inside, rest]] : [];
  }
  return Object.entries(value as Json).flatMap(([name, member]) => {
    const child = type.fields[name]?.resolvedType;
    if (!(child instanceof protobuf.Type)) return [];
    if (Array.isArray(member)) return member.map((item, index) => [`${name}[${index}]`, child, item] as const);
    if (type.fields[name]?.map === true) {
      return Object.entries(member as Json).map(([key, item]) => [`${name}.${key}`, child, item] as const);
    }
    return [[name, child, member] as const];
  });
}

function firstDifference(a: unknown, b: unknown, path: string): string {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return path;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const [left, right] = [(a as Json)[key], (b as Json)[key]];
    if (!isDeepStrictEqual(left, right)) return firstDifference(left, right, `${path}.${key}`);
  }
  return path;
}
