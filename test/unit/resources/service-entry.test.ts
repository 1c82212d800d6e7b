import { testFindings } from '../../support/findings.ts';

const port = { number: 80, name: 'http', protocol: 'HTTP' };
const tcp = { number: 81, name: 'tcp', protocol: 'TCP' };

testFindings('ServiceEntry', [
  ['SE-24', {}, 'error spec.hosts: service entry must have at least one host'],
  ['SE-24', { hosts: ['*'] }, 'error spec.hosts[0]: invalid host *'],
  ['SE-24', { hosts: ['a b'] }, 'error spec.hosts[0]: domain name "a b" invalid'],
  ['SE-24', { hosts: ['*a.b'] }, 'warning spec.hosts[0]: partial wildcard "*a.b" not allowed'],
  ['SE-24', { hosts: ['a.b', '*.c.d'] }, 'fine'],
  ['SE-25', { hosts: ['a.b'], addresses: ['1.2.3'] }, 'error spec.addresses[0]: 1.2.3 is not a valid IP'],
  ['SE-25', { hosts: ['a.b'], addresses: ['1.2.3.4/33'] }, 'error spec.addresses[0]: 1.2.3.4/33 is not a valid CIDR'],
  ['SE-25', { hosts: ['a.b'], addresses: ['10.0.0.0/8', '2001:db8::1'] }, 'fine'],
  [
    'SE-25',
    { hosts: ['a.b'], addresses: ['10.0.0.0/8'], resolution: 'DNS' },
    'error spec.addresses: CIDR addresses are allowed only for NONE/STATIC resolution types',
  ],
  [
    'SE-26',
    { hosts: ['a.b'], ports: [port, { ...port, number: 81 }] },
    'error spec.ports[1].name: service entry port name "http" already defined',
  ],
  [
    'SE-26',
    { hosts: ['a.b'], ports: [port, { ...port, name: 'other' }] },
    'error spec.ports[1].number: service entry port 80 already defined',
  ],
  [
    'SE-26',
    { hosts: ['a.b'], ports: [{ ...port, number: 70_000 }] },
    'error spec.ports[0].number: port number 70000 must be',
  ],
  ['SE-26', { hosts: ['a.b'], ports: [{ ...port, name: 'a.b' }] }, 'error spec.ports[0].name: invalid port name: a.b'],
  [
    'SE-26',
    { hosts: ['a.b'], ports: [{ ...port, protocol: 'QUIC' }] },
    'error spec.ports[0].protocol: unsupported protocol: QUIC',
  ],
  ['SE-26', { hosts: ['a.b'], ports: [{ number: 80, name: 'any' }] }, 'fine'],
  [
    'SE-27',
    { hosts: ['a.b'], resolution: 'STATIC', workloadSelector: { labels: { a: 'b' } }, endpoints: [] },
    'error spec.workloadSelector: only one of WorkloadSelector or Endpoints is allowed in Service Entry',
  ],
  [
    'SE-7',
    { hosts: ['a.b'], workloadSelector: {} },
    'warning spec.workloadSelector: service entry: workload selector specified without labels, will be applied to all services in namespace',
  ],
  [
    'SE-7',
    { hosts: ['a.b'], workloadSelector: { labels: { a: 'b*' } } },
    'error spec.workloadSelector.labels.a: wildcard is not supported',
  ],
  [
    'SE-28',
    { hosts: ['a.b'], endpoints: [{ address: '1.2.3.4' }] },
    'error spec.endpoints: no endpoints should be provided for resolution type none',
  ],
  [
    'SE-28',
    { hosts: ['a.b'], resolution: 'STATIC', endpoints: [{ address: 'c.d' }] },
    'error spec.endpoints[0].address: endpoint address "c.d" is not a valid IP address',
  ],
  [
    'SE-28',
    { hosts: ['a.b'], resolution: 'STATIC', ports: [port, tcp], endpoints: [{ address: 'unix:///a/b' }] },
    'error spec.endpoints[0].address: exactly 1 service port required for unix endpoints',
  ],
  [
    'SE-28',
    {
      hosts: ['a.b'],
      resolution: 'STATIC',
      ports: [port],
      endpoints: [{ address: 'unix:///a/b', ports: { http: 1 } }],
    },
    'error spec.endpoints[0].ports: unix endpoint unix:///a/b must not include ports',
  ],
  ['SE-28', { hosts: ['a.b'], resolution: 'STATIC', ports: [port], endpoints: [{ address: 'unix:///a/b' }] }, 'fine'],
  [
    'SE-29',
    { hosts: ['*.a.b'], resolution: 'DNS' },
    'error spec.hosts[0]: hosts must be FQDN or contain only prefix wildcards if no endpoints are provided for resolution mode DNS',
  ],
  [
    'SE-29',
    { hosts: ['a.b'], resolution: 'DNS', endpoints: [{ address: '*.c' }] },
    'error spec.endpoints[0].address: endpoint address "*.c" is not a valid FQDN or an IP address',
  ],
  [
    'SE-29',
    { hosts: ['a.b'], resolution: 'DNS', ports: [port], endpoints: [{ address: 'c.d', ports: { grpc: 81 } }] },
    'error spec.endpoints[0].ports.grpc: endpoint port 81 is not defined by the service entry',
  ],
  [
    'SE-29',
    { hosts: ['a.b'], resolution: 'DNS_ROUND_ROBIN', endpoints: [{ address: 'c.d' }, { address: 'e.f' }] },
    'error spec.endpoints: there must only be 0 or 1 endpoint for resolution mode DNS_ROUND_ROBIN',
  ],
  [
    'SE-29',
    { hosts: ['a.b'], workloadSelector: { labels: { a: 'b' } } },
    'warning spec.workloadSelector: workloadSelector should not be set when resolution mode is NONE',
  ],
  ['SE-30', { resolution: 'DYNAMIC_DNS' }, 'error spec.hosts: at least one wildcard host must be provided'],
  [
    'SE-30',
    { hosts: ['a.b'], resolution: 'DYNAMIC_DNS' },
    'error spec.hosts[0]: host must be wildcarded for resolution mode DYNAMIC_DNS',
  ],
  [
    'SE-30',
    { hosts: ['*.b'], resolution: 'DYNAMIC_DNS', addresses: ['1.1.1.1'] },
    'error spec.addresses: addresses cannot be set for resolution type DYNAMIC_DNS',
  ],
  [
    'SE-30',
    { hosts: ['*.b'], resolution: 'DYNAMIC_DNS', endpoints: [{ address: 'c' }] },
    'error spec.endpoints: endpoints cannot be set for resolution type DYNAMIC_DNS',
  ],
  [
    'SE-30',
    { hosts: ['*.b'], resolution: 'DYNAMIC_DNS', ports: [tcp] },
    'error spec.ports[0].protocol: only HTTP, TLS, GRPC, and HTTP2 protocols are supported',
  ],
  [
    'SE-30',
    { hosts: ['*.b'], resolution: 'DYNAMIC_DNS', location: 'MESH_INTERNAL' },
    'error spec.location: location MESH_INTERNAL with resolution type DYNAMIC_DNS is not supported when using waypoints',
    { labels: { 'istio.io/use-waypoint': 'w' } },
  ],
  [
    'SE-30',
    { hosts: ['*.b'], resolution: 'DYNAMIC_DNS', location: 'MESH_INTERNAL' },
    'fine',
    { labels: { 'istio.io/use-waypoint': 'None' } },
  ],
  [
    'SE-31',
    { hosts: ['a.b', 'c.d'], resolution: 'DNS', ports: [tcp] },
    'error spec.hosts: multiple hosts provided with non-HTTP, non-TLS ports',
  ],
  ['SE-31', { hosts: ['a.b', 'c.d'], ports: [tcp] }, 'fine'],
  [
    'SE-31',
    { hosts: ['a.b'], ports: [tcp] },
    'warning spec.ports[0]: addresses are required for ports serving TCP (or unset) protocol',
  ],
  [
    'SE-31',
    { hosts: ['a.b'], resolution: 'DNS', ports: [tcp] },
    'warning spec.ports[0]: addresses are required',
    { labels: { 'networking.istio.io/enable-autoallocate-ip': 'False' } },
  ],
  [
    'SE-32',
    { hosts: ['a.b'], exportTo: ['x', 'x'] },
    'error spec.exportTo[1]: duplicate entries in exportTo for entry x',
  ],
  [
    'SE-32',
    { hosts: ['a.b'], exportTo: ['ns', '.'] },
    'error spec.exportTo[1]: duplicate entries in exportTo: . and current namespace ns',
  ],
  [
    'SE-32',
    { hosts: ['a.b'], exportTo: ['*', 'x'] },
    'error spec.exportTo: cannot have both public (*) and non-public',
  ],
  [
    'SE-32',
    { hosts: ['a.b'], exportTo: ['~', 'x'] },
    'error spec.exportTo: cannot export service entry to no one (~) and someone',
  ],
  [
    'SE-32',
    { hosts: ['a.b'], exportTo: ['a_b'] },
    'error spec.exportTo[0]: only .,*, or a valid DNS 1123 label is allowed',
  ],
  ['SE-32', { hosts: ['a.b'], exportTo: ['~'] }, 'fine'],
]);

testFindings('WorkloadEntry', [
  ['SE-33', {}, 'error spec.address: address is required'],
  ['SE-33', { network: 'n' }, 'warning spec.address: address is unset with network "n"'],
  ['SE-33', { address: 'unix://a' }, 'error spec.address: a is not an absolute path to a file'],
  ['SE-33', { address: 'unix:///a/' }, 'error spec.address: /a/ is not an absolute path to a file'],
  ['SE-33', { address: 'unix://' }, 'error spec.address: unix address must not be empty'],
  ['SE-33', { address: 'unix://@abstract' }, 'fine'],
  [
    'SE-33',
    { address: 'a.b:80' },
    'error spec.address: endpoint address "a.b:80" is not a valid FQDN or an IP address',
  ],
  ['SE-33', { address: 'a.b', labels: { 'a/b/c': '' } }, 'error spec.labels["a/b/c"]: invalid tag key: "a/b/c"'],
  ['SE-33', { address: 'a.b', labels: { a: '-' } }, 'error spec.labels.a: invalid tag value: "-"'],
  [
    'SE-33',
    { address: 'a.b', ports: { http: 0 } },
    'error spec.ports.http: port number 0 must be in the range 1..65535',
  ],
  ['SE-33', { address: '::1', ports: { http: 80 }, labels: { 'app.kubernetes.io/name': 'a' }, weight: 5 }, 'fine'],
  ['SE-33', { address: 'a.b', weight: -1 }, 'error spec.weight: must be at least 0'],
]);
