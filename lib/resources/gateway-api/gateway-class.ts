import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import { quoted } from '../../base/quoted.ts';
import type { FindingLog } from '../finding.ts';
import type { KindDefinition, Subject } from '../kind-definition.ts';
import { checkReference, checkRequired, isVendorName } from './name-checks.ts';
import { objectReference } from './named-shapes.ts';

const gatewayClassSpec = z
  .strictObject({
    controllerName: z
      .string()
      .exactOptional()
      .describe('Who carries out Gateways of the class; istio.io/gateway-controller is this service.'),
    description: z.string().exactOptional().describe('What the class is for, in at most 64 characters.'),
    parametersRef: objectReference.exactOptional().describe('Settings of a controller; there are none here.'),
  })
  .describe('A class of Gateways, by who carries them out.');

export type GatewayClassSpec = Immutable<z.infer<typeof gatewayClassSpec>>;

/** GatewayClass: who carries out the Gateways that name it. The class istio is there without a document. */
export const gatewayClass = {
  group: 'gateway.networking.k8s.io',
  versions: ['v1', 'v1beta1'],
  plural: 'gatewayclasses',
  isNamespaced: false,
  body: 'spec',
  reach: 'gateway',
  schema: gatewayClassSpec,
  validate: checkGatewayClass,
} satisfies KindDefinition<typeof gatewayClassSpec>;

function checkGatewayClass({ spec }: Subject<GatewayClassSpec>, log: FindingLog): void {
  const at = log.at('spec');
  const { controllerName, description = '', parametersRef } = spec;
  checkRequired(at.at('controllerName'), controllerName);
  if (controllerName && controllerName.length <= 253 && !isVendorName(controllerName)) {
    const remedy = 'write a domain, a slash and a path, such as istio.io/gateway-controller';
    at.at('controllerName').error('INVALID_VALUE', `${quoted(controllerName)} names no controller; ${remedy}`);
  }
  if (description.length > 64) at.at('description').error('INVALID_VALUE', 'must have at most 64 characters');
  if (parametersRef) checkReference(at.at('parametersRef'), parametersRef, { hasDefaults: false });
}
