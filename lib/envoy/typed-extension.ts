import type { ProtoJson } from './envoy-resource.ts';

/** An extension as Envoy's lists of filters name it: its name, and its settings as an Any of the given message type. */
export function typedExtension(name: string, messageType: string, settings: ProtoJson = {}): ProtoJson {
  return { name, typedConfig: { '@type': `type.googleapis.com/${messageType}`, ...settings } };
}

/** An extension whose message Envoy's API does not have: the settings travel as a struct beside the type's URL. */
export function structExtension(name: string, messageType: string, value: ProtoJson): ProtoJson {
  return typedExtension(name, 'udpa.type.v1.TypedStruct', { typeUrl: `type.googleapis.com/${messageType}`, value });
}
