import { canonicalJson } from '../../lib/base/hashing.ts';
import { selects, type Labels } from '../../lib/base/labels.ts';
import { caseResources } from '../../lib/control/offline/case-resources.ts';
import type { TrafficPolicy } from '../../lib/model/traffic-policy.ts';
import type { HostPolicies } from '../../lib/world/host-policies.ts';
import { meshDefaults } from '../../lib/world/mesh-settings.ts';
import { allTrafficPolicies, readTrafficPolicies, type TrafficPolicies } from '../../lib/world/traffic-policies.ts';
import { judge, type Case, type Verdict } from './case.ts';
import { at, listAt, type Json } from './json.ts';

/** A rule of an index: its text, and whose labels it is for; `undefined` is for everybody. */
interface Entry {
  readonly selector: Labels | undefined;
  readonly text: string;
}

/** Entries by the index, the namespace and the host that they are looked up by. */
type Entries = ReadonlyMap<string, readonly Entry[]>;

/**
 * What the consolidated rules come to for clients: for everybody whom some selector is about, and for one whom none is, the rule
 * that a lookup ends at. Entries that no lookup can end at are not compared.
 */
export function judgeTrafficPolicies({ body }: Case): Verdict {
  const [here, there] = [entriesHere(policiesOf(listAt(body, 'configs'))), recordedEntries(at(body, 'expected'))];
  const places = [...new Set([...here.keys(), ...there.keys()])];
  return judge(
    places.flatMap((place) => {
      const [ours, theirs] = [here.get(place) ?? [], there.get(place) ?? []];
      const clients: readonly Labels[] = [{}, ...[...ours, ...theirs].map(({ selector }) => selector ?? {})];
      return clients.map((client) => {
        const [own, recorded] = [found(ours, client), found(theirs, client)];
        const who = `${place} for ${JSON.stringify(client)}`;
        return own === recorded ? undefined : `${who}: Istio ${recorded ?? 'none'}, here ${own ?? 'none'}`;
      });
    }),
  );
}

/** DR-17: the first entry that selects the client, else the last one without a selector. */
function found(entries: readonly Entry[], client: Labels): string | undefined {
  const selected = entries.find(({ selector }) => selector !== undefined && selects(selector, client));
  return (selected ?? entries.findLast(({ selector }) => selector === undefined))?.text;
}

function policiesOf(documents: readonly Json[]): TrafficPolicies {
  const configs = documents.map((document) => JSON.stringify(document)).join('\n---\n');
  const { resources } = caseResources({ mesh: '', networks: '', kube: '', configs });
  return readTrafficPolicies(resources, meshDefaults()).value;
}

function entriesHere({ local, exported, rootLocal }: TrafficPolicies): Entries {
  const entries = new Map<string, readonly Entry[]>();
  const add = (index: string, { exact, wildcards }: HostPolicies): void => {
    for (const [host, policies] of [...exact, ...wildcards]) {
      entries.set(
        `${index} ${host}`,
        policies.map((policy) => entryOf(policy, policy.from.map(nameOf))),
      );
    }
  };
  for (const [namespace, policies] of local) add(`local ${namespace}`, policies);
  for (const [namespace, policies] of exported) add(`exported ${namespace}`, policies);
  add('root', rootLocal);
  return entries;
}

/** A recorded entry is a document: it is read alone, as if it had been written. */
function recordedEntries(expected: Json | undefined): Entries {
  const indices = [
    ['local', 'namespaceLocal'],
    ['exported', 'exportedByNamespace'],
  ] as const;
  const places = indices.flatMap(([index, field]) =>
    membersOf(at(expected, field)).flatMap(([namespace, hosts]) =>
      membersOf(hosts).map(([host, entries]) => [`${index} ${namespace} ${host}`, entries] as const),
    ),
  );
  const ofRoot = membersOf(at(expected, 'rootNamespaceLocal')).map(
    ([host, entries]) => [`root ${host}`, entries] as const,
  );
  return new Map(
    [...places, ...ofRoot].map(([place, entries]) => [place, listAt({ entries }, 'entries').map(recordedEntry)]),
  );
}

function recordedEntry(entry: Json): Entry {
  const [policy] = allTrafficPolicies(policiesOf([at(entry, 'rule') ?? {}]));
  const from = listAt(entry, 'from').map(String);
  return policy === undefined ? { selector: undefined, text: 'a rule that is none' } : entryOf(policy, from);
}

function entryOf(
  { workloadSelector, blocks, ports, subsets, visibility }: TrafficPolicy,
  from: readonly string[],
): Entry {
  return { selector: workloadSelector, text: canonicalJson({ from, visibility, blocks, ports, subsets }) };
}

const nameOf = (key: string): string => key.split('/').slice(1).join('/');

const membersOf = (value: Json | undefined): [string, Json][] =>
  value === null || typeof value !== 'object' ? [] : Object.entries(value);
