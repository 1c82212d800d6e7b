/** Names of gRPC's status codes; a name's position is its code. Source: "Status codes and their use in gRPC". */
const grpcStatuses: readonly string[] = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** The code of a status name; undefined when gRPC has no such name. */
export function grpcStatusCode(name: string): number | undefined {
  const code = grpcStatuses.indexOf(name);
  return code < 0 ? undefined : code;
}
