import { testFindings } from '../../support/findings.ts';

const binding = (match: unknown, serviceAccount = 'reviews') => ({ serviceAccount, match });

testFindings('WorkloadIdentityBinding', [
  ['IDN-1', binding([{ principal: 'arn:aws:iam::123456789012:role/reviews' }]), 'fine'],
  ['IDN-1', binding([{ issuer: 'https://a.example', claims: { team: 'shop' } }]), 'fine'],
  ['IDN-1', binding([{ principal: 'a' }], 'shop/reviews'), 'error spec.serviceAccount: "shop/reviews" is no name'],
  ['IDN-1', binding([]), 'error spec.match: says nobody; name at least one principal'],
  ['IDN-1', binding([{}]), 'error spec.match[0]: the match says nobody'],
  ['IDN-1', binding([{ issuer: 'https://a.example' }]), 'error spec.match[0]: the match says nobody'],
  ['IDN-1', binding([{ claims: { team: 'shop' } }]), 'error spec.match[0]: the match has claims of no issuer'],
  [
    'IDN-1',
    binding([{ principal: 'arn:aws:iam::123456789012:role/*' }]),
    'error spec.match[0]: the match has a wildcard',
  ],
  [
    'IDN-1',
    binding([{ principal: 'arn:aws:iam::123456789012:root' }]),
    'error spec.match[0]: the match names an account',
  ],
]);
