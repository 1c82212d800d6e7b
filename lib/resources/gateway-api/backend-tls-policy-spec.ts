import { z } from 'zod';
import type { Immutable } from '../../base/immutable.ts';
import { textMap } from '../field-shapes.ts';
import { localReference } from './named-shapes.ts';

export const backendTlsPolicySpec = z
  .strictObject({
    targetRefs: z
      .array(
        localReference.extend({
          sectionName: z.string().exactOptional().describe('Name of one port; all ports unless it is said.'),
        }),
      )
      .exactOptional()
      .describe('The Services that are spoken to by TLS.'),
    validation: z
      .strictObject({
        caCertificateRefs: z
          .array(localReference)
          .exactOptional()
          .describe('ConfigMaps or Secrets with the authorities that sign the certificates of the service.'),
        wellKnownCACertificates: z
          .string()
          .exactOptional()
          .describe('System for the authorities that the machine of the proxy trusts.'),
        hostname: z
          .string()
          .exactOptional()
          .describe('The name that is asked for, and that the certificate must carry.'),
        subjectAltNames: z
          .array(
            z.strictObject({
              type: z.enum(['Hostname', 'URI']).exactOptional().describe('Which of the two is meant.'),
              hostname: z.string().exactOptional().describe('A host name.'),
              uri: z.string().exactOptional().describe('A URI, such as a SPIFFE identity.'),
            }),
          )
          .exactOptional()
          .describe('Names of which the certificate must carry one, in place of the hostname.'),
      })
      .exactOptional()
      .describe('How the certificate of the service is checked.'),
    options: textMap.exactOptional().describe('Settings beyond the standard.'),
  })
  .describe('Lets gateways speak TLS to services.');

export type BackendTlsPolicySpec = Immutable<z.infer<typeof backendTlsPolicySpec>>;
