import type { Checked } from './issue.ts';
import type { Labels } from './labels.ts';
import { unreachable } from './unreachable.ts';

/** One requirement of a label selector; all of them must hold. */
export type LabelRequirement =
  | { readonly operator: 'exists' | 'absent'; readonly key: string }
  | { readonly operator: 'in' | 'notin'; readonly key: string; readonly values: readonly string[] };

export type LabelSelector = readonly LabelRequirement[];

const key = String.raw`(?:[a-z0-9A-Z.-]+/)?[a-zA-Z0-9](?:[-a-zA-Z0-9_.]*[a-zA-Z0-9])?`;
const value = String.raw`[a-zA-Z0-9](?:[-a-zA-Z0-9_.]*[a-zA-Z0-9])?`;
const equality = new RegExp(`^(${key})\\s*(=|==|!=)\\s*(${value})?$`);
const membership = new RegExp(`^(${key})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const existence = new RegExp(`^(!?)\\s*(${key})$`);
const wholeValue = new RegExp(`^(${value})?$`);

/**
 * Reads a selector as kubectl's `-l` takes it: `a=b,c!=d,e in (x,y),f notin (z),g,!h`. An empty text selects everything.
 * Source: Kubernetes documentation, "Labels and Selectors", list and watch filtering.
 */
export function parseLabelSelector(text: string): Checked<LabelSelector> {
  const parts = text.split(/,(?![^()]*\))/).map((part) => part.trim());
  if (parts.length === 1 && parts[0] === '') return { ok: true, value: [], issues: [] };
  const requirements: LabelRequirement[] = [];
  for (const part of parts) {
    const requirement = parseRequirement(part);
    if (!requirement) return refused(part);
    requirements.push(requirement);
  }
  return { ok: true, value: requirements, issues: [] };
}

/** A key that is absent satisfies `!=` and `notin`, as in Kubernetes. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  return selector.every((requirement) => {
    const found = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    switch (requirement.operator) {
      case 'exists':
        return found !== undefined;
      case 'absent':
        return found === undefined;
      case 'in':
        return found !== undefined && requirement.values.includes(found);
      case 'notin':
        return found === undefined || !requirement.values.includes(found);
      default:
        return unreachable(requirement);
    }
  });
}

function parseRequirement(part: string): LabelRequirement | undefined {
  const [, equalKey, sign, equalTo = ''] = equality.exec(part) ?? [];
  if (equalKey !== undefined) return { operator: sign === '!=' ? 'notin' : 'in', key: equalKey, values: [equalTo] };
  const [, setKey, operator, list = ''] = membership.exec(part) ?? [];
  if (setKey !== undefined) {
    const values = list.split(',').map((item) => item.trim());
    if (!values.every((item) => wholeValue.test(item))) return undefined;
    return { operator: operator === 'in' ? 'in' : 'notin', key: setKey, values };
  }
  const [, not, onlyKey] = existence.exec(part) ?? [];
  return onlyKey === undefined ? undefined : { operator: not === '!' ? 'absent' : 'exists', key: onlyKey };
}

function refused(part: string): Checked<LabelSelector> {
  const message = `"${part}" is no requirement of a label selector; write it like a=b, a!=b, a in (b,c), a notin (b), a or !a`;
  return { ok: false, issues: [{ severity: 'error', code: 'INVALID_SELECTOR', path: '', message }] };
}
