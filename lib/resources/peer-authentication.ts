import { z } from 'zod';
import type { Immutable } from '../base/immutable.ts';
import { quoted } from '../base/quoted.ts';
import { workloadSelector } from './field-shapes.ts';
import type { FindingLog } from './finding.ts';
import type { KindDefinition, Subject } from './kind-definition.ts';
import { checkSelector } from './name-checks.ts';

/** Shape of a PeerAuthentication. Source: Istio's reference page "PeerAuthentication". */
const mutualTls = z.strictObject({
  mode: z
    .enum(['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'])
    .exactOptional()
    .describe(
      'STRICT takes mutual TLS alone, PERMISSIVE plain text too, DISABLE plain text alone; UNSET is as the wider policy says.',
    ),
});

const peerAuthenticationSpec = z
  .strictObject({
    selector: workloadSelector
      .exactOptional()
      .describe('The workloads of the namespace that this is for; all of them when nothing is said.'),
    mtls: mutualTls.exactOptional().describe('Whether connections to these workloads must be mutual TLS.'),
    portLevelMtls: z
      .record(z.string(), mutualTls)
      .exactOptional()
      .describe('The same for single ports, by the number that the workload listens on; with a selector only.'),
  })
  .describe(
    'Which connections workloads take: mutual TLS, plain text, or both. In the root namespace, without a selector, it is for the whole mesh.',
  );

export type PeerAuthenticationSpec = Immutable<z.infer<typeof peerAuthenticationSpec>>;

/** PeerAuthentication: whether the servers of a mesh, a namespace, a workload or a port take mutual TLS, plain text or both. */
export const peerAuthentication = {
  group: 'security.istio.io',
  versions: ['v1', 'v1beta1'],
  plural: 'peerauthentications',
  isNamespaced: true,
  body: 'spec',
  reach: 'workload',
  schema: peerAuthenticationSpec,
  validate: checkPeerAuthentication,
} satisfies KindDefinition<typeof peerAuthenticationSpec>;

/** VAL-17, VAL-3: what Istio's admission would say. */
function checkPeerAuthentication({ spec }: Subject<PeerAuthenticationSpec>, log: FindingLog): void {
  const { selector, portLevelMtls } = spec;
  const labels = selector?.matchLabels;
  const selectsAll = Object.keys(labels ?? {}).length === 0;
  checkSelector(log.at('spec.selector.matchLabels'), labels);
  if (selector !== undefined && selectsAll) {
    const message = 'workload selector specified without labels; the policy is for every workload of its namespace';
    log.at('spec.selector').warning('INEFFECTIVE', message);
  }
  if (portLevelMtls !== undefined) checkPorts(log.at('spec.portLevelMtls'), portLevelMtls, selectsAll);
}

function checkPorts(
  log: FindingLog,
  ports: NonNullable<PeerAuthenticationSpec['portLevelMtls']>,
  selectsAll: boolean,
): void {
  const numbers = Object.keys(ports);
  if (selectsAll) {
    log.error(
      'CONFLICT',
      'portLevelMtls requires selector; name the workloads in selector.matchLabels, or use mtls alone',
    );
  }
  if (numbers.length === 0) {
    log.error('REQUIRED', 'port level mTLS, if defined, must have at least one element; name a port or leave it out');
  }
  for (const number of numbers) {
    if (isPortText(number)) continue;
    log.member(number).error('INVALID_VALUE', `${quoted(number)} is no port; write a whole number from 1 to 65535`);
  }
}

/** As numbers are written: a second way to write one would be a second entry for the same port. */
const isPortText = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_535;
