import type { Json } from './kind-openapi.ts';
import { joined } from './read-body.ts';

/** The media type in which kubectl before 1.27 asks for `/openapi/v2`; it reads no other. The sign `@` may stand in no media type of an answer. */
export const OPENAPI_V2_WIRE = {
  asked: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf',
  answered: 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf',
} as const;

/**
 * An OpenAPI 2 document as a protobuf message, as far as `openApiV2` uses the format.
 * Source: the message definitions of google/gnostic-models, OpenAPIv2.proto, which the numbers are from.
 */
export function encodeOpenApiV2({ swagger, info, paths, definitions }: Json): Uint8Array<ArrayBuffer> {
  const { title, version } = info as Json;
  return joined([
    text(1, swagger),
    message(2, [text(1, title), text(2, version)]),
    message(
      8,
      entries(paths).map(([path, item]) => named(2, path, pathItem(item))),
    ),
    message(
      9,
      entries(definitions).map(([name, each]) => named(1, name, schema(each))),
    ),
  ]);
}

/** One field of a message, encoded; a part that is absent is empty. */
type Part = Uint8Array;

const ABSENT: Part = new Uint8Array();

const pathItem = ({ patch }: Json): readonly Part[] => [message(8, operation(patch as Json))];

function operation({ operationId, consumes, parameters, responses, ...marks }: Json): readonly Part[] {
  return [
    text(5, operationId),
    ...list(consumes).map((each) => text(7, each)),
    // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema
    ...list(parameters).map((each) =>
      message(8, [message(1, [message(2, [message(3, queryParameter(each as Json))])])]),
    ),
    message(
      9,
      entries(responses).map(([code, { description }]) => named(1, code, [message(1, [text(1, description)])])),
    ),
    ...extensions(13, marks),
  ];
}

const queryParameter = ({ name, in: place, type }: Json): readonly Part[] => [
  text(2, place),
  text(4, name),
  text(6, type),
];

function schema(each: Json): readonly Part[] {
  const { format, description, required, type, items, properties, additionalProperties, ...marks } = each;
  return [
    text(2, format),
    text(4, description),
    ...list(required).map((name) => text(19, name)),
    additionalProperties === undefined ? ABSENT : message(21, [message(1, schema(additionalProperties as Json))]),
    type === undefined ? ABSENT : message(22, [text(1, type)]),
    items === undefined ? ABSENT : message(23, [message(1, schema(items as Json))]),
    properties === undefined
      ? ABSENT
      : message(
          25,
          entries(properties).map(([name, property]) => named(1, name, schema(property))),
        ),
    ...extensions(31, marks),
  ];
}

/** Values of any shape travel as YAML, which JSON is. */
const extensions = (field: number, marks: Json): readonly Part[] =>
  Object.entries(marks).map(([name, value]) => named(field, name, [text(2, `${JSON.stringify(value)}\n`)]));

const entries = (value: unknown): readonly [string, Json][] => Object.entries(value as Readonly<Record<string, Json>>);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as readonly unknown[]) : []);

const named = (field: number, name: string, value: readonly Part[]): Part =>
  message(field, [text(1, name), message(2, value)]);

const encoder = new TextEncoder();

const text = (field: number, value: unknown): Part =>
  typeof value === 'string' ? delimited(field, encoder.encode(value)) : ABSENT;

const message = (field: number, parts: readonly Part[]): Part => delimited(field, joined(parts));

/** Wire type 2: the number of the field, the length, the bytes. Source: protobuf documentation, "Encoding". */
function delimited(field: number, content: Uint8Array): Part {
  return joined([Uint8Array.from([...varint(field * 8 + 2), ...varint(content.byteLength)]), content]);
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) + 128);
  }
}
