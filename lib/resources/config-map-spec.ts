import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';

export const configMapBody = z
  .strictObject({
    data: z.record(z.string(), z.string()).exactOptional().describe('Texts by name.'),
    binaryData: z.record(z.string(), z.string()).exactOptional().describe('Bytes by name, in base64.'),
    immutable: z
      .boolean()
      .exactOptional()
      .describe('Whether the values can be changed only by deleting the ConfigMap.'),
  })
  .describe('Values that anyone may read; of use here are authorities that proxies trust, under ca.crt or cacert.');

export type ConfigMapBody = Immutable<z.infer<typeof configMapBody>>;
