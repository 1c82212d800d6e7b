import { z } from 'zod';
import { durationPattern } from '../base/duration.ts';

/** Field shapes that several kinds share. They check the type alone; ranges with a rule of their own are checked by the kinds. */
export const duration = z
  .string()
  .regex(durationPattern, 'must be a duration such as 10s, 1m30s or 250ms')
  .meta({ format: 'duration' });

export const uint32 = z.int().min(0).max(4_294_967_295);
export const int32 = z.int().min(-2_147_483_648).max(2_147_483_647);
/** Istio's 64-bit counts; larger ones than JavaScript counts exactly mean nothing in a mesh. */
export const uint64 = z.int().min(0);

export const texts = z.array(z.string());
export const textMap = z.record(z.string(), z.string());

/** Namespaces a resource is visible in: names, `.` for its own, `*` for all, `~` for none. */
export const exportTo = texts;

/** Exactly one member is set; an object with none means "is present". */
export const stringMatch = z.strictObject({
  exact: z.string().exactOptional().describe('The whole text, letter for letter.'),
  prefix: z.string().exactOptional().describe('What the text starts with.'),
  regex: z.string().exactOptional().describe('A regular expression (RE2 syntax) for the whole text.'),
});

export const portSelector = z.strictObject({
  number: uint32.exactOptional().describe('A port number.'),
});

/** 0 to 100, with fractions. */
export const percent = z.strictObject({
  value: z.number().exactOptional().describe('Percent, from 0 to 100, with fractions.'),
});

/** Selector of the policy kinds and of DestinationRule. */
export const workloadSelector = z.strictObject({
  matchLabels: textMap.exactOptional().describe('Labels that a workload must have, all of them.'),
});

/** Kubernetes' label selector: all parts must hold. */
export const labelSelector = z.strictObject({
  matchLabels: textMap.exactOptional().describe('Labels that must be there, all of them.'),
  matchExpressions: z
    .array(
      z.strictObject({
        key: z.string().exactOptional().describe('The label that it is about.'),
        operator: z.string().exactOptional().describe('In, NotIn, Exists or DoesNotExist.'),
        values: texts.exactOptional().describe('The values for In and NotIn.'),
      }),
    )
    .exactOptional()
    .describe('Requirements on labels beyond equality; all must hold.'),
});
