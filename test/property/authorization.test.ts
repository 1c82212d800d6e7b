import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { unreachable } from '../../lib/base/unreachable.ts';
import { authorizationFilters } from '../../lib/compile/authorization.ts';
import type { AccessRulesIr, PermissionIr, PrincipalIr, TextMatchIr } from '../../lib/ir/access.ts';
import { lineOf } from '../support/line.ts';

interface Request {
  readonly principal: string;
  readonly method: string;
  readonly path: string;
  readonly port: number;
}

const PRINCIPALS = ['td/ns/a/sa/b', 'td/ns/b/sa/b', ''];
const request: fc.Arbitrary<Request> = fc.record({
  principal: fc.constantFrom(...PRINCIPALS),
  method: fc.constantFrom('GET', 'POST'),
  path: fc.constantFrom('/a', '/a/b', '/c'),
  port: fc.constantFrom(80, 81),
});

const some = (...values: readonly string[]) => fc.subarray([...values], { minLength: 1 });
const source = fc.record(
  { principals: some('td/ns/a/sa/b', 'td/*', '*b', '*'), notPrincipals: some('td/ns/b/sa/b', 'td/ns/a*') },
  { requiredKeys: [] },
);
const operation = fc.record(
  {
    methods: some('GET', 'P*', '*'),
    notMethods: some('POST'),
    paths: some('/a', '/a*', '*b'),
    ports: some('80'),
    notPorts: some('81'),
  },
  { requiredKeys: [] },
);
const rule = fc.record({ from: fc.array(source, { maxLength: 2 }), to: fc.array(operation, { maxLength: 2 }) });
const policy = fc.record({
  action: fc.constantFrom('ALLOW', 'DENY', 'AUDIT'),
  rules: fc.array(rule, { maxLength: 3 }),
});
type Policy = typeof policy extends fc.Arbitrary<infer Value> ? Value : never;

/** AZ-15: as the reference page says it. */
const fits = (pattern: string, text: string): boolean =>
  pattern === '*'
    ? text !== ''
    : pattern.startsWith('*')
      ? text.endsWith(pattern.slice(1))
      : pattern.endsWith('*')
        ? text.startsWith(pattern.slice(0, -1))
        : text === pattern;

const holds = (values: readonly string[] | undefined, nots: readonly string[] | undefined, text: string): boolean =>
  (values === undefined || values.some((value) => fits(value, text))) && !nots?.some((value) => fits(value, text));

/** AZ-2, AZ-12 in words of policies. */
function isLetIn(policies: readonly Policy[], { principal, method, path, port }: Request): boolean {
  const matches = ({ rules }: Policy): boolean =>
    rules.some(
      ({ from, to }) =>
        (from.length === 0 || from.some((each) => holds(each.principals, each.notPrincipals, principal))) &&
        (to.length === 0 ||
          to.some(
            (each) =>
              holds(each.methods, each.notMethods, method) &&
              holds(each.paths, undefined, path) &&
              holds(each.ports, each.notPorts, String(port)),
          )),
    );
  const of = (action: string): readonly Policy[] => policies.filter((each) => each.action === action);
  return !of('DENY').some(matches) && (of('ALLOW').length === 0 || of('ALLOW').some(matches));
}

function textFits({ type, value }: TextMatchIr, text: string): boolean {
  if (type === 'regex') return new RegExp(`^(?:${value})$`).test(text);
  return type === 'exact' ? text === value : type === 'prefix' ? text.startsWith(value) : text.endsWith(value);
}

/** What Envoy's documentation says of such rules. */
function meets(of: PermissionIr | PrincipalIr, asked: Request): boolean {
  switch (of.type) {
    case 'anything':
      return true;
    case 'all':
      return of.of.every((each) => meets(each, asked));
    case 'any':
      return of.of.some((each) => meets(each, asked));
    case 'not':
      return !meets(of.of, asked);
    case 'header':
      return of.match === undefined || textFits(of.match, asked.method);
    case 'path':
      return textFits(of.match, asked.path);
    case 'destination-port':
      return of.port === asked.port;
    case 'identity':
      return asked.principal !== '' && textFits(of.match, `spiffe://${asked.principal}`);
    case 'path-template':
    case 'server-name':
    case 'metadata':
    case 'destination-address':
    case 'connection-address':
    case 'client-address':
      throw new Error(`${of.type} is not generated`);
    default:
      return unreachable(of);
  }
}

const matched = ({ policies }: AccessRulesIr, asked: Request): boolean =>
  policies.some(
    ({ permissions, principals }) =>
      permissions.some((each) => meets(each, asked)) && principals.some((each) => meets(each, asked)),
  );

test('AZ-2, AZ-12: the filters let in what the policies let in', () => {
  fc.assert(
    fc.property(fc.array(policy, { maxLength: 4 }), request, (policies, asked) => {
      const documents = policies.map(({ action, rules }, index) =>
        JSON.stringify({
          apiVersion: 'security.istio.io/v1',
          kind: 'AuthorizationPolicy',
          metadata: { name: `p${index}` },
          spec: {
            action,
            rules: rules.map(({ from, to }) => ({
              from: from.map((each) => ({ source: each })),
              to: to.map((each) => ({ operation: each })),
            })),
          },
        }),
      );
      const { deciding } = authorizationFilters(lineOf(documents.join('\n---\n')).view.authorization).http;
      const passes = deciding.every((filter) => {
        if (filter.type !== 'access' || filter.rules === undefined || filter.rules.action === 'log') return true;
        return matched(filter.rules, asked) === (filter.rules.action === 'allow');
      });
      assert.equal(passes, isLetIn(policies, asked));
    }),
  );
});
