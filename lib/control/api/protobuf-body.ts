import { toBase64 } from '../../base/base64.ts';
import { unreachable } from '../../base/unreachable.ts';

/** In which clients of Kubernetes that know the kind send documents of its own kinds, such as `kubectl create namespace`. */
export const KUBERNETES_PROTOBUF = 'application/vnd.kubernetes.protobuf';

/** How a field of a message is written in a document. */
type FieldForm =
  | { readonly form: 'text' | 'number' | 'boolean' | 'int-or-text' }
  /** Its content means nothing here. */
  | { readonly form: 'left-out' }
  /** Entries with a key in field 1 and a value in field 2. */
  | { readonly form: 'map' }
  /** As a map; its values are bytes, which documents write in base64. */
  | { readonly form: 'bytes-map' }
  | { readonly form: 'message'; readonly fields: MessageFields };

interface MessageField {
  readonly name: string;
  readonly isList?: boolean;
  readonly shape: FieldForm;
}

/** By the number of the field. */
type MessageFields = Readonly<Record<number, MessageField>>;

const textField = (name: string): MessageField => ({ name, shape: { form: 'text' } });
const texts = (name: string): MessageField => ({ name, isList: true, shape: { form: 'text' } });
const numberField = (name: string): MessageField => ({ name, shape: { form: 'number' } });
const booleanField = (name: string): MessageField => ({ name, shape: { form: 'boolean' } });
const mapField = (name: string): MessageField => ({ name, shape: { form: 'map' } });
const bytesMap = (name: string): MessageField => ({ name, shape: { form: 'bytes-map' } });
const leftOut = (name: string): MessageField => ({ name, shape: { form: 'left-out' } });
const messageField = (name: string, fields: MessageFields): MessageField => ({
  name,
  shape: { form: 'message', fields },
});

// The numbers are those of k8s.io/apimachinery (runtime and meta/v1) and k8s.io/api (core/v1), files generated.proto.
const objectMeta: MessageFields = {
  ...{ 1: textField('name'), 2: textField('generateName'), 3: textField('namespace'), 4: leftOut('selfLink') },
  ...{ 5: textField('uid'), 6: textField('resourceVersion'), 7: leftOut('generation') },
  ...{ 8: leftOut('creationTimestamp'), 11: mapField('labels'), 12: mapField('annotations') },
};

const servicePort: MessageFields = {
  ...{ 1: textField('name'), 2: textField('protocol'), 3: numberField('port') },
  4: { name: 'targetPort', shape: { form: 'int-or-text' } },
  ...{ 5: numberField('nodePort'), 6: textField('appProtocol') },
};

const serviceSpec: MessageFields = {
  1: { name: 'ports', isList: true, shape: { form: 'message', fields: servicePort } },
  ...{ 2: mapField('selector'), 3: textField('clusterIP'), 4: textField('type'), 5: texts('externalIPs') },
  ...{ 7: textField('sessionAffinity'), 8: textField('loadBalancerIP'), 9: texts('loadBalancerSourceRanges') },
  ...{ 10: textField('externalName'), 11: textField('externalTrafficPolicy'), 12: numberField('healthCheckNodePort') },
  ...{ 13: booleanField('publishNotReadyAddresses'), 17: textField('ipFamilyPolicy'), 18: texts('clusterIPs') },
  ...{ 19: texts('ipFamilies'), 20: booleanField('allocateLoadBalancerNodePorts') },
  ...{
    21: textField('loadBalancerClass'),
    22: textField('internalTrafficPolicy'),
    23: textField('trafficDistribution'),
  },
};

const objectOf = (spec: MessageFields): MessageFields => ({
  ...{ 1: messageField('metadata', objectMeta), 2: messageField('spec', spec), 3: leftOut('status') },
});

/** Kinds that kubectl has verbs of its own for; documents of files come as JSON. */
const kindsRead: Readonly<Record<string, MessageFields>> = {
  'v1 ConfigMap': {
    1: messageField('metadata', objectMeta),
    2: mapField('data'),
    3: bytesMap('binaryData'),
    4: booleanField('immutable'),
  },
  'v1 Secret': {
    ...{ 1: messageField('metadata', objectMeta), 2: bytesMap('data'), 3: textField('type') },
    ...{ 4: mapField('stringData'), 5: booleanField('immutable') },
  },
  'v1 Namespace': objectOf({ 1: texts('finalizers') }),
  'v1 Service': objectOf(serviceSpec),
};

const envelope: MessageFields = {
  1: messageField('typeMeta', { 1: textField('apiVersion'), 2: textField('kind') }),
  3: textField('contentEncoding'),
  4: textField('contentType'),
};

/** Four bytes stand before the envelope of every document. */
const MAGIC = 'k8s\0';

/** The document that a body in protobuf says; `undefined` where it is of another kind, or none that can be read. */
export function readProtobufBody(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  if (new TextDecoder().decode(bytes.subarray(0, 4)) !== MAGIC) return undefined;
  try {
    const { typeMeta = {} } = readMessage(bytes.subarray(4), { ...envelope, 2: leftOut('raw') }) as {
      readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
    };
    const { apiVersion = '', kind = '' } = typeMeta;
    const fields = kindsRead[`${apiVersion} ${kind}`];
    const { raw } = fields ? readMessage(bytes.subarray(4), { ...envelope, 2: messageField('raw', fields) }) : {};
    return raw === undefined ? undefined : { apiVersion, kind, ...(raw as object) };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Fields at their default values are as good as absent, and are left out. Throws a RangeError for what is no such message. */
function readMessage(bytes: Uint8Array, fields: MessageFields): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const { field, value } of wireFields(bytes)) {
    const known = fields[field];
    if (known === undefined) throw new RangeError(`field ${field} has no meaning here`);
    const said = valueOf(known.shape, value);
    if (said === undefined) continue;
    const { name } = known;
    if (known.isList) read[name] = [...((read[name] as readonly unknown[] | undefined) ?? []), said];
    else
      read[name] =
        known.shape.form === 'map' || known.shape.form === 'bytes-map'
          ? { ...(read[name] as object), ...(said as object) }
          : said;
  }
  return read;
}

function valueOf(shape: FieldForm, value: WireValue): unknown {
  switch (shape.form) {
    case 'text':
      return textIn(value) || undefined;
    case 'number':
      return numberIn(value) || undefined;
    case 'boolean':
      return numberIn(value) !== 0 || undefined;
    case 'int-or-text':
      return intOrText(bytesIn(value));
    case 'map': {
      const [key, each] = pairIn(bytesIn(value));
      return { [key]: each };
    }
    case 'bytes-map': {
      const entry = new Map(wireFields(bytesIn(value)).map(({ field, value: part }) => [field, part]));
      const [key, each] = [entry.get(1) ?? new Uint8Array(), entry.get(2) ?? new Uint8Array()];
      return { [textIn(key)]: toBase64(bytesIn(each)) };
    }
    case 'message':
      return readMessage(bytesIn(value), shape.fields);
    case 'left-out':
      return undefined;
    default:
      return unreachable(shape);
  }
}

/** IntOrString: which of the two it is, the number, the text. */
function intOrText(bytes: Uint8Array): number | string | undefined {
  const said = new Map(wireFields(bytes).map(({ field, value }) => [field, value]));
  const isText = numberIn(said.get(1) ?? 0) === 1;
  return isText ? textIn(said.get(3) ?? new Uint8Array()) : numberIn(said.get(2) ?? 0) || undefined;
}

function pairIn(bytes: Uint8Array): readonly [string, string] {
  const said = new Map(wireFields(bytes).map(({ field, value }) => [field, value]));
  const at = (field: number): string => textIn(said.get(field) ?? new Uint8Array());
  return [at(1), at(2)];
}

type WireValue = number | Uint8Array;

interface WireField {
  readonly field: number;
  readonly value: WireValue;
}

/** The fields of a message, of the two wire types that these messages have. Source: protobuf documentation, "Encoding". */
function wireFields(bytes: Uint8Array): readonly WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let power = 1; ; power *= 128) {
      const byte = bytes[at];
      if (byte === undefined || power > 2 ** 49) throw new RangeError('a number does not end');
      at += 1;
      value += (byte % 128) * power;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [field, wireType] = [Math.floor(tag / 8), tag % 8];
    if (wireType !== 0 && wireType !== 2) throw new RangeError(`wire type ${wireType} has no meaning here`);
    const number = varint();
    if (wireType === 0) {
      fields.push({ field, value: number });
      continue;
    }
    if (at + number > bytes.length) throw new RangeError('a field is longer than its message');
    fields.push({ field, value: bytes.subarray(at, at + number) });
    at += number;
  }
  return fields;
}

function bytesIn(value: WireValue): Uint8Array {
  if (typeof value === 'number') throw new RangeError('a number stands where a message should');
  return value;
}

function numberIn(value: WireValue): number {
  if (typeof value !== 'number') throw new RangeError('a message stands where a number should');
  return value;
}

const textIn = (value: WireValue): string => new TextDecoder('utf-8', { fatal: false }).decode(bytesIn(value));
