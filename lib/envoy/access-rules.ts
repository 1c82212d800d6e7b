import { unreachable } from '../base/unreachable.ts';
import type { IpRange } from '../base/ip-address.ts';
import type {
  AccessFilterIr,
  AccessRulesIr,
  HeaderMatchIr,
  MetadataMatchIr,
  MetadataValueIr,
  PermissionIr,
  PrincipalIr,
  TextMatchIr,
} from '../ir/access.ts';
import type { ProtoJson } from './envoy-resource.ts';
import { typedExtension } from './typed-extension.ts';
import { withoutDefaults } from './without-defaults.ts';

/** The settings of Envoy's RBAC filters, for HTTP and for connections alike. */
export const encodeAccess = ({ rules, trial, trialPrefix }: AccessFilterIr): ProtoJson =>
  withoutDefaults({
    rules: rules && encodeRules(rules),
    shadowRules: trial && encodeRules(trial),
    shadowRulesStatPrefix: trialPrefix,
  });

/** `ALLOW` is what a message without the member says. */
const ACTIONS: Readonly<Record<AccessRulesIr['action'], string | undefined>> = {
  allow: undefined,
  deny: 'DENY',
  log: 'LOG',
};

/** Rules without policies are written all the same: to allow nothing is not the same as to say nothing. */
function encodeRules({ action, policies }: AccessRulesIr): ProtoJson {
  const byName = policies.map(({ name, permissions, principals }) => [
    name,
    { permissions: permissions.map(encodePermission), principals: principals.map(encodePrincipal) },
  ]);
  return withoutDefaults({
    action: ACTIONS[action],
    policies: policies.length === 0 ? undefined : Object.fromEntries(byName),
  });
}

function encodePermission(permission: PermissionIr): ProtoJson {
  switch (permission.type) {
    case 'anything':
      return { any: true };
    case 'all':
      return { andRules: { rules: permission.of.map(encodePermission) } };
    case 'any':
      return { orRules: { rules: permission.of.map(encodePermission) } };
    case 'not':
      return { notRule: encodePermission(permission.of) };
    case 'header':
      return { header: encodeHeader(permission) };
    case 'metadata':
      return { metadata: encodeMetadata(permission) };
    case 'path':
      return { urlPath: { path: encodeText(permission.match) } };
    case 'path-template':
      return { uriTemplate: encodeTemplate(permission.template) };
    case 'destination-port':
      return { destinationPort: permission.port };
    case 'destination-address':
      return { destinationIp: encodeRange(permission.range) };
    case 'server-name':
      return { requestedServerName: encodeText(permission.match) };
    default:
      return unreachable(permission);
  }
}

function encodePrincipal(principal: PrincipalIr): ProtoJson {
  switch (principal.type) {
    case 'anything':
      return { any: true };
    case 'all':
      return { andIds: { ids: principal.of.map(encodePrincipal) } };
    case 'any':
      return { orIds: { ids: principal.of.map(encodePrincipal) } };
    case 'not':
      return { notId: encodePrincipal(principal.of) };
    case 'header':
      return { header: encodeHeader(principal) };
    case 'metadata':
      return { metadata: encodeMetadata(principal) };
    case 'identity':
      return { authenticated: { principalName: encodeText(principal.match) } };
    case 'connection-address':
      return { directRemoteIp: encodeRange(principal.range) };
    case 'client-address':
      return { remoteIp: encodeRange(principal.range) };
    default:
      return unreachable(principal);
  }
}

const encodeTemplate = (pathTemplate: string): ProtoJson =>
  typedExtension('uri-template', 'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig', {
    pathTemplate,
  });

const encodeRange = ({ address, bits }: IpRange): ProtoJson => ({ addressPrefix: address, prefixLen: bits });

/** A StringMatcher. One of the members is there whatever its text, so that an empty one is written too. */
export function encodeText({ type, value }: TextMatchIr, ignoreCase = false): ProtoJson {
  const match = type === 'regex' ? { safeRegex: { regex: value } } : { [type]: value };
  return ignoreCase ? { ...match, ignoreCase } : match;
}

const encodeHeader = ({ name, match, ignoresCase }: HeaderMatchIr): ProtoJson =>
  match === undefined ? { name, presentMatch: true } : { name, stringMatch: encodeText(match, ignoresCase) };

const encodeMetadata = ({ filter, path, value }: MetadataMatchIr): ProtoJson => ({
  filter,
  path: path.map((key) => ({ key })),
  value: encodeValue(value),
});

function encodeValue(value: MetadataValueIr): ProtoJson {
  switch (value.type) {
    case 'text':
      return { stringMatch: encodeText(value.match) };
    case 'list':
      return { listMatch: { oneOf: encodeValue(value.holds) } };
    case 'any':
      return { orMatch: { valueMatchers: value.of.map(encodeValue) } };
    default:
      return unreachable(value);
  }
}
