import { z } from 'zod';
import type { Checked, Issue } from '../../base/issue.ts';
import { durationMs } from '../../base/brand.ts';
import { parseDuration } from '../../base/duration.ts';
import { callerMatchProblem } from '../../resources/caller-match-checks.ts';
import { readDocuments } from '../../resources/read-documents.ts';
import { AUTHORITY_DEFAULTS } from '../authority/authority-settings.ts';
import { type Access, ACCESS_FORMAT, TOKEN_ALGORITHMS } from './access.ts';

const serviceAccountName = z.string().regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'must be the bare name of one');
const namespaceName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be the name of a namespace');
const account = z.string().regex(/^\d{12}$/, 'must be an account number of 12 digits, in quotes');
const workload = z.strictObject({ namespace: namespaceName, serviceAccount: serviceAccountName });

const anyUrl = z.string().refine((text) => URL.canParse(text) && /^https?:\/\//.test(text), 'must be a URL');

const issuer = z
  .strictObject({
    issuer: z.string().min(1),
    audiences: z.array(z.string().min(1)).min(1, 'needs at least one: a token for anybody would be a token for us'),
    algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1).default(['RS256', 'ES256']),
    jwksUri: anyUrl.optional(),
    jwks: z.strictObject({ keys: z.array(z.record(z.string(), z.unknown())).min(1) }).optional(),
    subjects: z.enum(['opaque', 'kubernetes', 'spiffe']).default('opaque'),
  })
  .refine(({ jwks, jwksUri }) => jwks === undefined || jwksUri === undefined, {
    message: 'has keys of its own and a place to fetch them from; keep one of jwks and jwksUri',
  });

const match = z
  .strictObject({
    principal: z.string().min(1).exactOptional(),
    issuer: z.string().min(1).exactOptional(),
    claims: z.record(z.string(), z.string()).exactOptional(),
  })
  .superRefine((value, context) => {
    const problem = callerMatchProblem(value);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const role = z
  .strictObject({
    role: z.enum(['reader', 'editor', 'admin']),
    namespaces: z.array(namespaceName).default([]),
    secrets: z.boolean().default(false),
    match: z.array(match).min(1),
  })
  .superRefine(({ role: name, namespaces, secrets }, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (name === 'editor' && namespaces.length === 0) refuse('namespaces', 'an editor edits named namespaces');
    if (name !== 'editor' && namespaces.length > 0) refuse('namespaces', `only an editor has namespaces, no ${name}`);
    if (name === 'reader' && secrets) refuse('secrets', 'a reader writes nothing, no Secrets either');
  });

const token = z.strictObject({
  name: z.string().regex(/^[a-z0-9][-a-z0-9.]{0,62}$/, 'must be lower-case letters, digits, dashes and dots'),
  sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of the token in lower-case hex, never the token'),
  workload: workload.exactOptional(),
});

const time = z
  .string()
  .transform((text) => parseDuration(text))
  .refine((length) => length !== undefined, 'must be a length of time such as 24h')
  .transform((length) => length ?? durationMs(0));

const SHORTEST = 1_000;

const authority = z
  .strictObject({
    defaultTtl: time.default(AUTHORITY_DEFAULTS.defaultTtl),
    maxTtl: time.default(AUTHORITY_DEFAULTS.maxTtl),
    rootLifetime: time.default(AUTHORITY_DEFAULTS.rootLifetime),
    rotationCheck: time.default(AUTHORITY_DEFAULTS.rotationCheck),
    rotationGrace: z.number().min(0).max(1).default(AUTHORITY_DEFAULTS.rotationGrace),
  })
  .superRefine(({ defaultTtl, maxTtl, rootLifetime }, context) => {
    const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message });
    if (maxTtl < SHORTEST) refuse('maxTtl', 'must be a second or more');
    if (defaultTtl < SHORTEST || defaultTtl > maxTtl)
      refuse('defaultTtl', 'must be a second or more, and at most maxTtl');
    // A successor is told for one maxTtl before it signs, and the old root is believed for another one.
    if (rootLifetime < 4 * maxTtl)
      refuse('rootLifetime', 'must be at least four times maxTtl, or roots could not be replaced');
  })
  .default(AUTHORITY_DEFAULTS);

const accessFile = z
  .strictObject({
    issuers: z.array(issuer).default([]),
    trustDomains: z.array(z.string().regex(/^[a-z0-9._-]{1,255}$/, 'must be a trust domain')).default([]),
    iam: z
      .strictObject({
        accounts: z.array(account).min(1, 'needs at least one: anybody has an account'),
        regions: z.array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a region')).default([]),
        audience: z.string().default(''),
      })
      .refine(({ regions, audience }) => regions.length === 0 || audience !== '', {
        path: ['audience'],
        message: 'is needed with regions: without it a request that was signed for another service would be believed',
      })
      .default({ accounts: [], regions: [], audience: '' }),
    tokens: z.array(token).default([]),
    roles: z.array(role).default([]),
    authority,
    openMetrics: z.boolean().default(false),
  })
  .superRefine((file, context) => {
    const refuse = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path: [...path], message });
    for (const [list, names] of [
      ['issuers', file.issuers.map((each) => each.issuer)],
      ['tokens', file.tokens.map((each) => each.name)],
    ] as const) {
      names.forEach((name, index) => {
        if (names.indexOf(name) < index) refuse([list, index], `${name} is there twice; keep one`);
      });
    }
    const methods = [file.issuers, file.trustDomains, file.iam.accounts, file.tokens];
    if (methods.every(({ length }) => length === 0)) {
      refuse([], 'nobody could prove who they are; name issuers, trustDomains, iam or tokens');
    }
    file.roles.forEach((each, index) => {
      each.match.forEach(({ issuer: said }, at) => {
        const isKnown = said === undefined || file.issuers.some((known) => known.issuer === said);
        const isDomain = said !== undefined && file.trustDomains.includes(said);
        if (!isKnown && !isDomain) refuse(['roles', index, 'match', at, 'issuer'], `${said} is none of the issuers`);
      });
    });
  });

/** Reads the access file (YAML or JSON): what is wrong is said with its place; a file with a mistake is not used at all. */
export function readAccess(text: string): Checked<Access> {
  const { documents, unreadable } = readDocuments(text);
  const [only, ...others] = documents;
  if (unreadable.length > 0) {
    return refused(unreadable.map(({ line, message }) => issueAt('', `line ${line}: ${message}`)));
  }
  if (only === undefined || others.length > 0) return refused([issueAt('', 'the access file is one YAML document')]);
  if (isPrepared(only.value)) return { ok: true, value: only.value, issues: [] };
  const parsed = accessFile.safeParse(only.value);
  if (parsed.success) return { ok: true, value: accessOf(parsed.data), issues: [] };
  return refused(parsed.error.issues.map(({ path, message }) => issueAt(path.map(String).join('.'), message)));
}

const isPrepared = (value: unknown): value is Access =>
  typeof value === 'object' && value !== null && 'format' in value && value.format === ACCESS_FORMAT;

const refused = (issues: readonly Issue[]): Checked<Access> => ({ ok: false, issues });

const issueAt = (path: string, message: string): Issue => ({
  severity: 'error',
  code: 'INVALID_ACCESS',
  path,
  message,
});

function accessOf({ issuers, iam, openMetrics, roles, ...same }: z.infer<typeof accessFile>): Access {
  return {
    format: ACCESS_FORMAT,
    ...same,
    iam,
    issuers: issuers.map(({ jwks, jwksUri, ...each }) => ({
      ...each,
      keys: jwks ? { from: 'file', keys: jwks.keys } : jwksUri ? { from: 'url', url: jwksUri } : { from: 'discovery' },
    })),
    roles: roles.map(({ secrets, role: name, ...each }) => ({
      ...each,
      role: name,
      mayWriteSecrets: secrets || name === 'admin',
    })),
    hasOpenMetrics: openMetrics,
  };
}
