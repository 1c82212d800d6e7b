import { TOPOLOGY_LABELS } from '../../base/topology-labels.ts';
import { usableCipherSuites } from '../../resources/cipher-suites.ts';
import type { ApiGatewaySpec } from '../../resources/gateway-api/gateway-spec.ts';
import type { ListenerSpec } from '../../resources/gateway-api/listener-spec.ts';
import type { ServerTlsSpec } from '../../resources/gateway.ts';
import { clientAuthority, type ReferringPlace, serverCertificate } from './certificate-references.ts';
import type { StatedProblem } from './stated-condition.ts';

/** TLS of a listener as Istio's Gateways say it, and what is wrong with it. */
export interface ListenerTls {
  readonly tls: ServerTlsSpec | undefined;
  readonly problem: StatedProblem | undefined;
}

/** Who has the listener, and what it may refer to. */
export interface TlsPlace extends ReferringPlace {
  readonly labels: Readonly<Record<string, string>>;
  readonly gatewayTls: ApiGatewaySpec['tls'];
}

const MODE_OPTION = 'gateway.istio.io/tls-terminate-mode';
const CIPHERS_OPTION = 'gateway.istio.io/tls-cipher-suites';
const PROTOCOL_OPTION = 'gateway.istio.io/listener-protocol';
const NETWORK_PORT_LABEL = 'networking.istio.io/gatewayPort';

/** GA-6 */
export function listenerTls(listener: ListenerSpec, place: TlsPlace): ListenerTls {
  const { tls } = listener;
  if (tls === undefined) return { tls: undefined, problem: undefined };
  const ciphers = cipherSuites(tls.options);
  if ((tls.mode ?? 'Terminate') === 'Passthrough') {
    const mode = leadsToNetwork(listener, place) ? 'AUTO_PASSTHROUGH' : 'PASSTHROUGH';
    return { tls: { mode, ...ciphers }, problem: undefined };
  }
  const { tls: ended, problem } = terminated(listener, place);
  return { tls: { ...ended, ...ciphers }, problem };
}

/** A listener for proxies of other networks, which name the destination themselves. */
function leadsToNetwork({ port, tls }: ListenerSpec, { labels }: TlsPlace): boolean {
  if (tls?.options?.[PROTOCOL_OPTION] === 'auto-passthrough') return true;
  return Boolean(labels[TOPOLOGY_LABELS.network]) && String(port) === (labels[NETWORK_PORT_LABEL] ?? '15443');
}

function cipherSuites(options: Readonly<Record<string, string>> = {}): Pick<ServerTlsSpec, 'cipherSuites'> {
  const listed = (options[CIPHERS_OPTION] ?? '').split(',').map((name) => name.trim());
  const usable = usableCipherSuites(listed.filter((name) => name !== ''));
  return usable.length > 0 ? { cipherSuites: [...usable] } : {};
}

function terminated(listener: ListenerSpec, place: TlsPlace): { tls: ServerTlsSpec; problem?: StatedProblem } {
  const { certificateRefs = [], options = {} } = listener.tls ?? {};
  const option = options[MODE_OPTION];
  if (option === 'ISTIO_MUTUAL') return { tls: { mode: 'ISTIO_MUTUAL' } };
  if (option === 'ISTIO_SIMPLE') return { tls: { mode: 'SIMPLE', credentialName: 'builtin://' } };
  const mode = option === 'MUTUAL' || option === 'OPTIONAL_MUTUAL' ? option : 'SIMPLE';
  if (certificateRefs.length > 2) {
    const message = 'TLS mode can only support up to 2 server certificates';
    return { tls: { mode, credentialName: NEVER }, problem: { reason: 'InvalidCertificateRef', message } };
  }
  const found = certificateRefs.map((ref) => serverCertificate(ref, place));
  const names = found.flatMap(({ name, problem }) => (problem === undefined ? (name ?? []) : []));
  const wrong = found.flatMap(({ problem }) => problem ?? []);
  const [first] = names;
  if (first === undefined) {
    const [problem] = wrong;
    const message = wrong.map((each) => each.message).join('; ');
    const [{ name = NEVER } = {}] = found;
    return { tls: { mode, credentialName: name }, ...(problem && { problem: { reason: problem.reason, message } }) };
  }
  const credentials = names.length === 1 ? { credentialName: first } : { credentialNames: names };
  return withClients(listener, { mode, ...credentials }, place);
}

/** A secret that nobody gets: the listener waits for a certificate as long as its reference leads nowhere (TC-1). */
const NEVER = 'invalid://';

/** The Gateway says whose certificates it takes, for the port or for all. */
function withClients(
  { port, tls }: ListenerSpec,
  ended: ServerTlsSpec,
  place: TlsPlace,
): { tls: ServerTlsSpec; problem?: StatedProblem } {
  const { frontend } = place.gatewayTls ?? {};
  const ofPort = frontend?.perPort?.find((each) => each.port === port);
  const validation = (ofPort === undefined ? frontend?.default : ofPort.tls)?.validation;
  const [ref, ...more] = validation?.caCertificateRefs ?? [];
  if (ref === undefined) return { tls: ended };
  if (more.length > 0) {
    const message = 'only one caCertificateRef is supported';
    const refused = { ...ended, mode: 'MUTUAL', caCertCredentialName: NEVER } as const;
    return { tls: refused, problem: { reason: 'InvalidCACertificateRef', message } };
  }
  const authority = clientAuthority(ref, place);
  if (authority.name === undefined) {
    return { tls: { ...ended, mode: 'MUTUAL', caCertCredentialName: NEVER }, ...authority };
  }
  const isLax = validation?.mode === 'AllowInsecureFallback';
  const option = tls?.options?.[MODE_OPTION];
  const isForced = option === 'MUTUAL' || option === 'OPTIONAL_MUTUAL';
  return {
    tls: {
      ...ended,
      mode: isForced ? option : isLax ? 'OPTIONAL_MUTUAL' : 'MUTUAL',
      insecureSkipVerify: isLax && !isForced,
      caCertCredentialName: authority.name,
    },
  };
}
