import type { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';
import type { namespaceSelector } from './named-shapes.ts';

export type NamespaceSelector = Immutable<z.infer<typeof namespaceSelector>>;

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

/** A selector of namespaces. The CRDs take any operator; one that means nothing would select nothing, and nobody would know. */
export function checkNamespaceSelector(log: FindingLog, selector: NamespaceSelector | undefined): void {
  selector?.matchExpressions?.forEach(({ key, operator, values }, index) => {
    const at = log.at(`matchExpressions[${index}]`);
    if (!key) at.at('key').error('REQUIRED', 'must be set');
    if (operator === undefined) at.at('operator').error('REQUIRED', 'must be set');
    else if (!OPERATORS.includes(operator)) {
      at.at('operator').error('INVALID_VALUE', `${quoted(operator)} is no operator; use ${OPERATORS.join(', ')}`);
    }
    if ((operator === 'In' || operator === 'NotIn') && !values?.length) {
      at.at('values').error('REQUIRED', `must be set for the operator ${operator}`);
    }
  });
}
