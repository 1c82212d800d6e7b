import { chromium } from './chromium.ts';
import { dynamodbLocal } from './dynamodb-local.ts';
import { envoyProtos } from './envoy-protos.ts';
import { envoy } from './envoy.ts';
import { kubectl, oldKubectl } from './kubectl.ts';
import { ministack } from './ministack.ts';
import type { Program } from './program.ts';
import { versitygw } from './versitygw.ts';

/** Every program that the project fetches. A closed list: what is not here is never downloaded. */
export const programs = {
  envoy,
  ministack,
  'dynamodb-local': dynamodbLocal,
  versitygw,
  chromium,
  'envoy-protos': envoyProtos,
  kubectl,
  'kubectl-old': oldKubectl,
} as const satisfies Record<string, Program>;

export type ProgramName = keyof typeof programs;

export const programNames = Object.keys(programs) as ProgramName[];
