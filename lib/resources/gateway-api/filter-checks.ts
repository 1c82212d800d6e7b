import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';
import { headerValueProblem } from './header-value.ts';
import { checkBackend } from './reference-checks.ts';
import type { HttpRouteFilter, PathModifier } from './http-route-spec.ts';
import type { HeaderModifier, RequestMirror } from './route-shapes.ts';

type FilterType = HttpRouteFilter['type'];

/** Required members of a wrong type have been left out by the time that rules are asked. */
type Written<Part> = { readonly [Member in keyof Part]?: Part[Member] };

/** The member that has the settings of each filter. */
const memberOf: Readonly<Record<FilterType, Exclude<keyof HttpRouteFilter, 'type'>>> = {
  RequestHeaderModifier: 'requestHeaderModifier',
  ResponseHeaderModifier: 'responseHeaderModifier',
  RequestMirror: 'requestMirror',
  RequestRedirect: 'requestRedirect',
  URLRewrite: 'urlRewrite',
  ExtensionRef: 'extensionRef',
  CORS: 'cors',
};

/** Filters that a rule may have several of. */
const repeatable: ReadonlySet<FilterType> = new Set(['RequestMirror', 'ExtensionRef']);

/** GA-18: the filters of a rule or of a backend; those of a GRPCRoute are some of them. */
export function checkFilters(log: FindingLog, filters: readonly Written<HttpRouteFilter>[] = []): void {
  const seen = new Set<FilterType>();
  for (const [index, filter] of filters.entries()) {
    const here = log.at(`[${index}]`);
    if (filter.type !== undefined) {
      if (seen.has(filter.type) && !repeatable.has(filter.type)) {
        here.error('DUPLICATE', `${filter.type} filter cannot be repeated; write all of it into one`);
      }
      seen.add(filter.type);
      checkMembers(here, filter, filter.type);
    }
    checkHeaders(here.at('requestHeaderModifier'), filter.requestHeaderModifier);
    checkHeaders(here.at('responseHeaderModifier'), filter.responseHeaderModifier);
    if (filter.requestMirror !== undefined) checkMirror(here.at('requestMirror'), filter.requestMirror);
    checkPathModifier(here.at('requestRedirect.path'), filter.requestRedirect?.path);
    checkPathModifier(here.at('urlRewrite.path'), filter.urlRewrite?.path);
    if (filter.cors !== undefined) checkCors(here.at('cors'), filter.cors);
  }
  if (seen.has('RequestRedirect') && seen.has('URLRewrite')) {
    log.error('CONFLICT', 'RequestRedirect and URLRewrite cannot stand in one list of filters; keep one of them');
  }
}

function checkMembers(log: FindingLog, filter: Written<HttpRouteFilter>, type: FilterType): void {
  const own = memberOf[type];
  if (filter[own] === undefined) log.at(own).error('REQUIRED', `${own} must be specified for ${type} filter.type`);
  for (const [other, member] of Object.entries(memberOf)) {
    if (member === own || filter[member] === undefined) continue;
    log.at(member).error('CONFLICT', `${member} must be nil if the filter.type is not ${other}; remove it`);
  }
}

type NamedHeader = NonNullable<HeaderModifier['set']>[number];

function checkHeaders(log: FindingLog, modifier: HeaderModifier | undefined): void {
  for (const list of ['set', 'add'] as const) {
    const seen = new Set<string>();
    const headers: readonly Written<NamedHeader>[] = modifier?.[list] ?? [];
    for (const [index, { name = '', value = '' }] of headers.entries()) {
      const here = log.at(`${list}[${index}]`);
      if (seen.has(name)) here.at('name').error('DUPLICATE', `header ${quoted(name)} stands twice; keep one of them`);
      if (name !== '') seen.add(name);
      const problem = headerValueProblem(value);
      if (problem !== undefined) here.at('value').error('INVALID_VALUE', problem);
    }
  }
  const removed = modifier?.remove ?? [];
  for (const [index, name] of removed.entries()) {
    if (removed.indexOf(name) === index) continue;
    log.at(`remove[${index}]`).error('DUPLICATE', `header ${quoted(name)} stands twice; keep one of them`);
  }
}

function checkMirror(log: FindingLog, { backendRef, percent, fraction }: Written<RequestMirror>): void {
  if (backendRef !== undefined) checkBackend(log.at('backendRef'), backendRef);
  if (percent !== undefined && fraction !== undefined) {
    log.error('CONFLICT', 'only one of percent or fraction may be specified; remove one of them');
  }
  const { numerator = 0, denominator = 100 }: Written<NonNullable<RequestMirror['fraction']>> = fraction ?? {};
  if (numerator > denominator) {
    log.at('fraction').error('INVALID_VALUE', 'numerator must be less than or equal to denominator');
  }
}

function checkPathModifier(log: FindingLog, path: Written<PathModifier> | undefined): void {
  if (path?.type === undefined) return;
  const [own, other] =
    path.type === 'ReplaceFullPath'
      ? (['replaceFullPath', 'replacePrefixMatch'] as const)
      : (['replacePrefixMatch', 'replaceFullPath'] as const);
  if (path[own] === undefined) {
    log.at(own).error('REQUIRED', `${own} must be specified when type is set to '${path.type}'`);
  }
  if (path[other] !== undefined) {
    log.at(other).error('CONFLICT', `${other} must not be set when type is '${path.type}'; remove it`);
  }
}

function checkCors(log: FindingLog, cors: NonNullable<HttpRouteFilter['cors']>): void {
  for (const list of ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders'] as const) {
    const values: readonly string[] = cors[list] ?? [];
    if (list !== 'exposeHeaders' && values.includes('*') && values.length > 1) {
      log.at(list).error('CONFLICT', `${list} cannot contain '*' alongside others; remove it or them`);
    }
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) === index) continue;
      log.at(`${list}[${index}]`).error('DUPLICATE', `${quoted(value)} stands twice; keep one of them`);
    }
  }
}
