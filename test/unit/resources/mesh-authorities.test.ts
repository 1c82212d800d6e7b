import { refuseUnsupported } from '../../../lib/resources/not-yet.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { testFindings } from '../../support/findings.ts';
import { resourcesOf } from '../../support/documents.ts';
import { documentOf } from '../../support/findings.ts';
import { testAuthority } from '../../support/test-certificates.ts';

const authority = testAuthority('other');
const mesh = (caCertificates: object) => ({ meshConfig: { caCertificates: [caCertificates] } });

testFindings('Mesh', [
  ['SDS-13', mesh({ pem: authority.certificate }), 'fine', { name: 'default' }],
  ['SDS-13', mesh({ spiffeBundleUrl: 'https://other.example.com/bundle' }), 'fine', { name: 'default' }],
  [
    'SDS-13',
    mesh({ pem: authority.issue('x.example.com').certificate }),
    'error spec.meshConfig.caCertificates[0].pem: no certificates of authorities: certificate 1 (CN=x.example.com)',
  ],
  [
    'SDS-13',
    mesh({ pem: 'text' }),
    'error spec.meshConfig.caCertificates[0].pem: no certificates of authorities: there',
  ],
  [
    'SDS-13',
    mesh({ spiffeBundleUrl: 'http://other.example.com/bundle' }),
    'error spec.meshConfig.caCertificates[0].spiffeBundleUrl: "http://other.example.com/bundle" is no https URL',
  ],
]);

test('authorities of single trust domains or external signers are refused until they are told apart', () => {
  const text = JSON.stringify(
    documentOf('Mesh', mesh({ pem: authority.certificate, trustDomains: ['a'] }), { name: 'default' }),
  );
  const [issue] = resourcesOf(text).flatMap((resource) => refuseUnsupported(resource));
  assert.equal(issue?.path, 'spec.meshConfig.caCertificates[0].trustDomains');
});
