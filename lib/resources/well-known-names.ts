// Names that mean something wherever they stand; apart from the schemas, which whoever only reads accepted resources does without.

/** Name of the one Mesh that counts; the settings of the whole mesh. */
export const meshName = 'default';

/** Label by which an EndpointSlice says whose instances it has. */
export const serviceNameLabel = 'kubernetes.io/service-name';

/** The annotation by which an AuthorizationPolicy is tried out: what it would do is counted, and not done. */
export const DRY_RUN_ANNOTATION = 'istio.io/dry-run';
