import type { ProtoJson, XdsType } from '../../envoy/envoy-resource.ts';
import { encodeSecret, readSealedSecret } from '../../envoy/secret.ts';
import { XDS_TYPES } from '../../envoy/xds-types.ts';
import type { Manifest } from '../../snapshot/manifest.ts';
import { resourcesIn } from '../../snapshot/type-table.ts';
import { MASK } from '../../resources/secret-mask.ts';
import { readParts } from '../polls/offer.ts';
import type { StoredSnapshots } from '../build/stored-snapshots.ts';

/** A snapshot in the shape in which Envoy's admin page dumps its configuration. */
export interface ConfigDump {
  readonly configs: readonly ProtoJson[];
}

/** How one resource stands in the dump of its type. */
interface DumpShape {
  readonly message: string;
  readonly list: string;
  readonly item: (name: string, version: string, resource: ProtoJson) => ProtoJson;
}

const SHAPES: Readonly<Partial<Record<XdsType, DumpShape>>> = {
  clusters: {
    message: 'ClustersConfigDump',
    list: 'dynamic_active_clusters',
    item: (_name, version_info, cluster) => ({ version_info, cluster }),
  },
  listeners: {
    message: 'ListenersConfigDump',
    list: 'dynamic_listeners',
    item: (name, version_info, listener) => ({ name, active_state: { version_info, listener } }),
  },
  routes: {
    message: 'RoutesConfigDump',
    list: 'dynamic_route_configs',
    item: (_name, version_info, route_config) => ({ version_info, route_config }),
  },
  endpoints: {
    message: 'EndpointsConfigDump',
    list: 'dynamic_endpoint_configs',
    item: (_name, version_info, endpoint_config) => ({ version_info, endpoint_config }),
  },
  secrets: {
    message: 'SecretsConfigDump',
    list: 'dynamic_active_secrets',
    item: (name, version_info, kept) => ({ name, version_info, secret: maskedSecret(kept) }),
  },
  'extension-configs': {
    message: 'EcdsConfigDump',
    list: 'ecds_filters',
    item: (_name, version_info, ecds_filter) => ({ version_info, ecds_filter }),
  },
};

/** A snapshot keeps values sealed: who looks at it sees which there are, and none of them. */
const maskedSecret = (kept: ProtoJson): ProtoJson =>
  encodeSecret(readSealedSecret(kept), (value) => (value.form === 'plain' ? value.base64 : MASK));

/** The types that a list such as `cds,eds` or `clusters,EDS` names; all for an empty one, `undefined` if it names what there is not. */
export function dumpedTypes(text: string): readonly XdsType[] | undefined {
  const all = Object.keys(SHAPES) as XdsType[];
  if (text === '') return all;
  const wanted = text.toLowerCase().split(',');
  const isOf = (type: XdsType, word: string): boolean => type === word || XDS_TYPES[type].short.toLowerCase() === word;
  if (!wanted.every((word) => all.some((type) => isOf(type, word)))) return undefined;
  return all.filter((type) => wanted.some((word) => isOf(type, word)));
}

/** Dumps what a snapshot holds of some types (PS-7); keys and passwords are masked. */
export async function configDump(
  snapshots: Pick<StoredSnapshots, 'table' | 'bodies'>,
  manifest: Manifest,
  types: readonly XdsType[],
): Promise<ConfigDump> {
  const configs: ProtoJson[] = [];
  for (const type of types) {
    const shape = SHAPES[type];
    if (shape) configs.push(await dumpOfType(snapshots, manifest[type], shape));
  }
  return { configs };
}

const utf8 = new TextDecoder();

async function dumpOfType(
  snapshots: Pick<StoredSnapshots, 'table' | 'bodies'>,
  set: Manifest[XdsType],
  { message, list, item }: DumpShape,
): Promise<ProtoJson> {
  const items: { readonly name: string; readonly shown: ProtoJson }[] = [];
  for (const [name, { part, hash }] of resourcesIn(await snapshots.table(set))) {
    const [bytes = []] = await readParts(snapshots, [part]);
    const resource = JSON.parse(bytes.map((each) => utf8.decode(each)).join('')) as ProtoJson;
    items.push({ name, shown: item(name, set.whole?.versionInfo ?? hash, resource) });
  }
  return {
    '@type': `type.googleapis.com/envoy.admin.v3.${message}`,
    ...(set.whole && { version_info: set.whole.versionInfo }),
    [list]: items.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ shown }) => shown),
  };
}
