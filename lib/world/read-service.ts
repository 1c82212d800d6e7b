import type { Endpoint, Service } from '../model/service.ts';

/** What one document says about one host: the service, its endpoints, and the accounts under which they run. */
export interface ReadService {
  readonly service: Service;
  readonly endpoints: readonly Endpoint[];
  readonly accounts: readonly string[];
}
