import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceEntry, sidecarNode, testDelivery } from '../../support/delivery.ts';

test('PM-10: the counters of Istio are there under its names and labels', async () => {
  const service = testDelivery();
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.1'));
  const node = { ...sidecarNode, metadata: { ...sidecarNode.metadata, ISTIO_VERSION: '1.27.3' } };
  await service.poll('clusters', { node });
  service.configure(serviceEntry('reviews.default.svc.cluster.local', '10.0.0.2'));
  await service.builder.build('config');
  await service.flush();
  const text = await (await service.operations(new Request('http://x/metrics'))).text();
  for (const line of [
    /^pilot_xds_pushes\{type="cds"\} 1$/m,
    /^pilot_xds_config_size_bytes_count\{type="cds"\} 1$/m,
    /^pilot_xds_push_time_count\{type="cds"\} 1$/m,
    /^pilot_push_triggers\{type="config"\} 1$/m,
    /^pilot_proxy_convergence_time_count 0$/m,
    /^pilot_xds\{version="1\.27\.3"\} 1$/m,
    /^xds_cache_reads\{type="hit"\} [1-9]/m,
    /^xds_cache_reads\{type="miss"\} [1-9]/m,
    /^xds_cache_size [1-9]/m,
    /^xds_cache_dependent_config_size [1-9]/m,
    /^xds_cache_evictions 0$/m,
    /^pilot_jwks_resolver_network_fetch_success_total 0$/m,
    /^pilot_jwks_resolver_network_fetch_fail_total 0$/m,
    /^pilot_sds_certificate_errors_total 0$/m,
    /^provider_lookup_cluster_failures 0$/m,
  ]) {
    assert.match(text, line);
  }
});
