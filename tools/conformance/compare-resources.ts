import { judge, type Rendered, type Verdict } from './case.ts';
import { textAt, type Json } from './json.ts';

const TYPES = ['clusters', 'listeners', 'routes', 'endpoints', 'extensionConfigs'] as const;

/** Where a nested resource comes from differs by design: Istio says ADS, a REST control plane says REST. */
const CONFIG_SOURCES = new Set(['configSource', 'edsConfig', 'sdsConfig', 'ads']);

/** Compares resource by resource; each one that either side has is one check. */
export function judgeResources(golden: { readonly [type: string]: Json }, rendered: Rendered): Verdict {
  const differences = TYPES.flatMap((type) => {
    const theirs = byName(golden[type]);
    const ours = byName(rendered[type]);
    const names = [...new Set([...theirs.keys(), ...ours.keys()])];
    return names.map((name) => firstDifference(theirs.get(name), ours.get(name), `${type} ${name}`));
  });
  return judge(differences);
}

function byName(resources: Json | readonly Json[] | undefined): ReadonlyMap<string, Json> {
  const list = Array.isArray(resources) ? (resources as readonly Json[]) : [];
  return new Map(
    list.map((resource) => [textAt(resource, 'name') || textAt(resource, 'clusterName'), normal(resource) ?? {}]),
  );
}

/** Without config sources, empty values and key order: what is left counts. */
function normal(value: Json): Json | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) {
    const items = (value as readonly Json[]).map(normal).filter((item) => item !== undefined);
    return items.length === 0 ? undefined : items;
  }
  if (typeof value !== 'object') return value;
  const entries = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
    if (CONFIG_SOURCES.has(key)) return [[key, 'a config source']];
    const kept = normal(member);
    return kept === undefined ? [] : [[key, kept]];
  });
  if (entries.length === 0) return undefined;
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function firstDifference(theirs: Json | undefined, ours: Json | undefined, path: string): string | undefined {
  if (JSON.stringify(theirs) === JSON.stringify(ours)) return undefined;
  if (theirs === undefined) return `${path}: only here`;
  if (ours === undefined) return `${path}: missing`;
  if (typeof theirs === 'object' && typeof ours === 'object' && theirs !== null && ours !== null) {
    const [left, right] = [theirs as Record<string, Json>, ours as Record<string, Json>];
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      const difference = firstDifference(left[key], right[key], `${path}.${key}`);
      if (difference !== undefined) return difference;
    }
  }
  return `${path}: Istio ${short(theirs)}, here ${short(ours)}`;
}

const short = (value: Json): string => JSON.stringify(value).slice(0, 120);
