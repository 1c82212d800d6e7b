import { testFindings } from '../../support/findings.ts';

const rule = (members: object, action = 'ALLOW'): object => ({ action, rules: [members] });
const from = (source: object, action = 'ALLOW'): object => rule({ from: [{ source }] }, action);
const to = (operation: object, action = 'ALLOW'): object => rule({ to: [{ operation }] }, action);
const when = (condition: object): object => rule({ when: [condition] });
const custom = (members: object): object => ({ ...rule(members, 'CUSTOM'), provider: { name: 'x' } });
const [FIRST, SOURCE, OPERATION] = ['spec.rules[0]', 'spec.rules[0].from[0].source', 'spec.rules[0].to[0].operation'];
const many = (count: number, item: unknown): unknown[] => Array.from({ length: count }, () => item);

testFindings('AuthorizationPolicy', [
  ['AZ-1', {}, 'fine'],
  ['AZ-1', { action: 'REFUSE' }, 'error spec.action: '],
  ['VAL-5', { action: 'DENY' }, 'error spec.rules: DENY action without `rules` is meaningless'],
  ['VAL-5', { action: 'DENY', rules: [] }, 'error spec.rules: DENY action without `rules` is meaningless'],
  ['VAL-5', { action: 'CUSTOM', provider: { name: 'x' } }, 'error spec.rules: CUSTOM action without `rules`'],
  ['VAL-5', { action: 'CUSTOM', rules: [{}] }, 'error spec.provider.name: `provider.name` must not be empty'],
  [
    'VAL-5',
    { rules: [{}], provider: { name: 'x' } },
    'error spec.provider: `provider` must not be with non CUSTOM action',
  ],
  ['VAL-5', custom({}), 'fine'],
  [
    'XAZ-13',
    custom({ from: [{ source: { namespaces: ['a'] } }] }),
    `error ${SOURCE}.namespaces: namespaces is not supported with`,
  ],
  [
    'XAZ-13',
    custom({ from: [{ source: { notPrincipals: ['a'] } }] }),
    `error ${SOURCE}.notPrincipals: notPrincipals is not`,
  ],
  ['XAZ-13', custom({ from: [{ source: { ipBlocks: ['10.0.0.1'] } }] }), 'fine'],
  [
    'XAZ-13',
    custom({ when: [{ key: 'source.principal', values: ['a'] }] }),
    `error ${FIRST}.when[0].key: source.principal is not`,
  ],
  [
    'XAZ-13',
    custom({ when: [{ key: 'request.auth.claims[a]', values: ['a'] }] }),
    `error ${FIRST}.when[0].key: request.auth.claims[a] is not supported`,
  ],
  ['VAL-6', rule({ from: [] }), `error ${FIRST}.from: \`from\` must not be empty`],
  ['VAL-6', rule({ to: [] }), `error ${FIRST}.to: \`to\` must not be empty`],
  ['VAL-6', rule({ from: [{}] }), `error ${SOURCE}: \`from.source\` must not be empty`],
  ['VAL-6', from({}), `error ${SOURCE}: \`from.source\` must not be empty`],
  ['VAL-6', to({ paths: [] }), `error ${OPERATION}: \`to.operation\` must not be empty`],
  ['VAL-6', when({ values: ['a'] }), `error ${FIRST}.when[0].key: \`key\` must not be empty`],
  ['VAL-6', when({ key: 'source.ip' }), `error ${FIRST}.when[0]: at least one of \`values\` or \`notValues\``],
  ['VAL-7', from({ principals: [''] }), `error ${SOURCE}.principals[0]: empty value not allowed`],
  ['VAL-7', to({ notHosts: ['a', ''] }), `error ${OPERATION}.notHosts[1]: empty value not allowed`],
  ['VAL-7', from({ ipBlocks: ['10.0.0.0/33'] }), `error ${SOURCE}.ipBlocks[0]: bad CIDR range (10.0.0.0/33)`],
  ['VAL-7', from({ notRemoteIpBlocks: ['host'] }), `error ${SOURCE}.notRemoteIpBlocks[0]: bad IP address (host)`],
  ['VAL-7', to({ ports: ['0', '65535'] }), 'fine'],
  ['VAL-7', to({ ports: ['65536'] }), `error ${OPERATION}.ports[0]: bad port (65536)`],
  [
    'VAL-7',
    when({ key: 'destination.port', notValues: ['http'] }),
    `error ${FIRST}.when[0].notValues[0]: bad port (http)`,
  ],
  ['VAL-8', from({ serviceAccounts: ['a', 'n/a'] }), 'fine'],
  ['VAL-8', from({ serviceAccounts: ['a'], notNamespaces: ['b'] }), `error ${SOURCE}: cannot set serviceAccounts with`],
  ['VAL-8', from({ serviceAccounts: ['a*'] }), `error ${SOURCE}.serviceAccounts[0]: wildcard not allowed`],
  ['VAL-8', from({ notServiceAccounts: ['/a'] }), `error ${SOURCE}.notServiceAccounts[0]: expected account or`],
  ['VAL-8', from({ serviceAccounts: ['a/b/c'] }), `error ${SOURCE}.serviceAccounts[0]: expected account or`],
  ['VAL-8', from({ serviceAccounts: many(17, 'a') }), `error ${SOURCE}.serviceAccounts: may not have more than 16`],
  [
    'VAL-8',
    from({ serviceAccounts: ['a'.repeat(321)] }),
    `error ${SOURCE}.serviceAccounts[0]: value cannot exceed 320`,
  ],
  ['VAL-9', from({ trustDomains: ['*', '*.a', 'a*'] }), 'fine'],
  ['VAL-9', from({ trustDomains: ['*a*'] }), `error ${SOURCE}.trustDomains[0]: at most one wildcard`],
  ['VAL-9', from({ notTrustDomains: ['a*b'] }), `error ${SOURCE}.notTrustDomains[0]: wildcard is only allowed at`],
  ['VAL-9', from({ trustDomains: ['a/b'] }), `error ${SOURCE}.trustDomains[0]: trust domain must not contain`],
  ['VAL-9', when({ key: 'source.trustDomain', values: ['a/b'] }), 'fine'],
  ['VAL-10', to({ paths: ['/a/{*}/{**}', '/a*', '/{**}/b'] }), 'fine'],
  ['VAL-10', to({ paths: ['/{**}/{*}'] }), `error ${OPERATION}.paths[0]: invalid path /{**}/{*}: {**} is not the last`],
  ['VAL-10', to({ notPaths: ['/{a}'] }), `error ${OPERATION}.notPaths[0]: invalid path /{a}: braces stand for`],
  ['VAL-10', to({ paths: ['/{*}/a*'] }), `error ${OPERATION}.paths[0]: invalid path /{*}/a*: "a*" is no segment`],
  ['VAL-11', when({ key: 'request.headers[a]', values: ['b'] }), 'fine'],
  ['VAL-11', when({ key: 'request.headers', values: ['b'] }), `error ${FIRST}.when[0].key: bad key (request.headers)`],
  [
    'VAL-11',
    when({ key: 'destination.namespace', values: ['b'] }),
    `error ${FIRST}.when[0].key: attribute destination.namespace is replaced by the metadata.namespace`,
  ],
  [
    'VAL-11',
    when({ key: 'destination.labels[a]', values: ['b'] }),
    `error ${FIRST}.when[0].key: attribute destination.labels is replaced by the selector`,
  ],
  [
    'VAL-11',
    when({ key: 'destination.user', values: ['b'] }),
    `error ${FIRST}.when[0].key: deprecated attribute destination.user`,
  ],
  [
    'VAL-11',
    when({ key: 'source.color', values: ['b'] }),
    `error ${FIRST}.when[0].key: unknown attribute: source.color`,
  ],
  ['VAL-12', to({ paths: ['/a'] }, 'DENY'), `warning ${FIRST}: only HTTP attributes in a DENY rule`],
  ['VAL-12', from({ requestPrincipals: ['a'] }, 'DENY'), `warning ${FIRST}: only HTTP attributes in a DENY rule`],
  ['VAL-12', to({ paths: ['/a'], ports: ['80'] }, 'DENY'), 'fine'],
  ['VAL-12', from({ ipBlocks: ['10.0.0.1'] }, 'DENY'), 'fine'],
  ['VAL-13', { rules: many(513, {}) }, 'error spec.rules: must have at most 512 items'],
  [
    'VAL-13',
    rule({ from: many(513, { source: { namespaces: ['a'] } }) }),
    `error ${FIRST}.from: must have at most 512 items`,
  ],
  [
    'VAL-2',
    { selector: { matchLabels: { a: 'b' } }, targetRef: { kind: 'Service', name: 'a' } },
    'error spec: only one of',
  ],
]);
