import { fromBase64 } from '../base/base64.ts';
import { configMapBody, type ConfigMapBody } from './config-map-spec.ts';
import { configMapValues } from './config-map-values.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';
import { checkValueNames, checkValueSize } from './secret-checks.ts';

/** Kubernetes' ConfigMap: authorities that are no secret. Its body stands at the document's root. */
export const configMap = {
  group: '',
  versions: ['v1'],
  plural: 'configmaps',
  isNamespaced: true,
  body: 'root',
  reach: 'secrets',
  schema: configMapBody,
  validate: checkConfigMap,
} satisfies KindDefinition<typeof configMapBody>;

function checkConfigMap({ spec }: Subject<ConfigMapBody>, log: FindingLog): void {
  const { data = {}, binaryData = {} } = spec;
  checkValueNames(log.at('data'), Object.keys(data));
  checkValueNames(log.at('binaryData'), Object.keys(binaryData));
  for (const [name, text] of Object.entries(binaryData)) {
    const here = log.at('binaryData').member(name);
    if (fromBase64(text) === undefined)
      here.error('INVALID_VALUE', 'is no base64; encode the value, or write a text under data');
    if (name in data) here.error('DUPLICATE', 'is under data as well; keep one of them');
  }
  checkValueSize(log, configMapValues(spec));
}
