import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isKind } from '../../lib/resources/kinds.ts';
import type { Case } from './case.ts';
import { at, textAt, type Json } from './json.ts';

/** All cases in a folder of areas, or in the folder of one area; goldens beside them are not cases. */
export function readCases(folder: string): readonly Case[] {
  return readdirSync(folder)
    .sort()
    .flatMap((entry) => {
      const path = join(folder, entry);
      if (statSync(path).isDirectory()) return entry === 'golden' ? [] : readCases(path);
      return entry.endsWith('.json') ? readCase(path) : [];
    });
}

function readCase(file: string): Case[] {
  const body = JSON.parse(readFileSync(file, 'utf8')) as Case['body'];
  const name = textAt(body, 'name');
  return name === '' ? [] : [{ file, area: textAt(body, 'area') || basename(dirname(file)), name, body }];
}

/** Flags of Istio's that a case may set to what always holds here, or that change nothing but for kinds that are not here. */
const OUR_FLAGS: Readonly<Record<string, Json>> = {
  EnableDualStack: false,
  FilterGatewayClusterConfig: false,
  EnableGatewayAPIGatewayClassController: false,
  EnableGatewayAPIInferenceExtension: true,
};

/** Why a recorded case cannot be asked of any other control plane than the one that recorded it; `undefined` if it can. */
export function whyNotAskable(test: Case): string | undefined {
  const { body } = test;
  if (body['roundtrip'] === false) return 'its objects do not survive JSON';
  if (body['skipValidation'] === true) return 'its objects bypassed validation';
  if (body['admissible'] === false) return 'its objects would not be admitted';
  if (body['unstable'] === true) return 'Istio itself answers differently from run to run';
  if (Object.entries(at(body, 'features') ?? {}).some(([flag, value]) => OUR_FLAGS[flag] !== value)) {
    return 'it changes feature flags';
  }
  const memory = ['memServices', 'memInstances', 'memGateways', 'kubeClusters'].find(
    (field) => body[field] !== undefined,
  );
  return memory === undefined ? undefined : `it has ${memory} beside its documents`;
}

/** Kinds in the case that this product does not have yet; such a case is outside what is measured. */
export function foreignKinds(test: Case): readonly string[] {
  const object = at(test.body, 'object');
  const texts = [textAt(test.body, 'configs'), textAt(test.body, 'kube')];
  const documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Json));
  const kinds = [...documents, object ?? null].map((document) => textAt(document, 'kind'));
  return [...new Set(kinds.filter((kind) => kind !== '' && !isKind(kind)))].sort();
}
