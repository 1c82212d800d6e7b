import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Credential, readSecretName, rootsSecretName, secretName } from '../../../lib/model/credential.ts';

describe('what a credentialName makes proxies ask for', () => {
  const names: readonly [rule: string, written: string, asked: string, roots: string][] = [
    ['SDS-1: a bare name', 'shop', 'kubernetes://shop', 'kubernetes://shop-cacert'],
    ['TC-2: a name with a scheme', 'configmap://ns/roots', 'configmap://ns/roots', 'configmap://ns/roots-cacert'],
    ['TC-1: the workload’s own', 'builtin://', 'default', 'ROOTCA'],
    ['SDS-2: what is never to be had', 'invalid://x', 'invalid://', 'invalid://'],
    [
      'SDS-2: of an external provider, where there is none',
      'sds://shop',
      'kubernetes://shop',
      'kubernetes://shop-cacert',
    ],
  ];
  for (const [rule, written, asked, roots] of names) {
    test(rule, () => assert.deepEqual([secretName(written), rootsSecretName(written)], [asked, roots]));
  }
});

describe('what the name of a secret stands for', () => {
  const names: readonly [rule: string, name: string, expected: Credential][] = [
    ['TC-1, SDS-2: in the namespace of the proxy', 'kubernetes://c', { type: 'secret', namespace: 'own', name: 'c' }],
    ['TC-1, SDS-2: in another one', 'kubernetes://ns/c', { type: 'secret', namespace: 'ns', name: 'c' }],
    ['SDS-2: by a Gateway', 'kubernetes-gateway://ns/c', { type: 'verified', namespace: 'ns', name: 'c' }],
    ['SDS-2: by a Gateway, without a namespace', 'kubernetes-gateway://c', { type: 'malformed' }],
    ['SDS-2: a ConfigMap', 'configmap://ns/c', { type: 'config-map', namespace: 'ns', name: 'c' }],
    ['TC-1: a ConfigMap, roots alone', 'configmap://ns/c-cacert', { type: 'config-map', namespace: 'ns', name: 'c' }],
    ['SDS-2: a ConfigMap without a namespace', 'configmap://c', { type: 'malformed' }],
    ['SDS-2: never to be had', 'invalid://', { type: 'never' }],
    ['SDS-2: another scheme', 'vault://c', { type: 'malformed' }],
    ['TC-1: no name', 'kubernetes://', { type: 'malformed' }],
    ['TC-1: too many parts', 'kubernetes://a/b/c', { type: 'malformed' }],
    ['TC-7: the workload’s own', 'default', { type: 'of-machine' }],
    ['TC-7: the mesh’s roots', 'ROOTCA', { type: 'of-machine' }],
    ['SDS-12: files', 'file-cert:/c~/k', { type: 'of-machine' }],
  ];
  for (const [rule, name, expected] of names) {
    test(rule, () => assert.deepEqual(readSecretName(name, 'own'), expected));
  }
});
