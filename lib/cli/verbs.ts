import type { Command } from 'commander';

/** One verb of the command line. */
export interface Verb {
  readonly name: string;
  /** What help says of it. */
  readonly description: string;
  /** What gives the verb its arguments, options and action. Loaded only when the verb is called: most starts need one of them. */
  readonly load: () => Promise<(verb: Command) => Command>;
}

/** Every verb of the command line, in the order in which help lists them. A new verb is one row here and one file. */
export const verbs: readonly Verb[] = [
  {
    name: 'serve',
    description: 'run the API, the discovery endpoint and the builder in one process on embedded storage',
    load: async () => (await import('./serve.ts')).serveVerb,
  },
  {
    name: 'apply',
    description: 'apply all documents as one revision, or none',
    load: async () => (await import('./apply.ts')).applyVerb,
  },
  {
    name: 'get',
    description: 'show objects: get vs, get vs reviews, get vs/reviews svc/reviews, get all',
    load: async () => (await import('./get.ts')).getVerb,
  },
  {
    name: 'delete',
    description: 'delete objects: delete vs reviews, delete vs -l app=x, delete -f FILE',
    load: async () => (await import('./delete.ts')).deleteVerb,
  },
  {
    name: 'diff',
    description: 'show what an apply of files would change, or what differs between revisions',
    load: async () => (await import('./diff.ts')).diffVerb,
  },
  {
    name: 'history',
    description: 'list revisions, newest first',
    load: async () => (await import('./history.ts')).historyVerb,
  },
  {
    name: 'rollback',
    description: 'make a new revision that equals an old one',
    load: async () => (await import('./rollback.ts')).rollbackVerb,
  },
  {
    name: 'validate',
    description: 'check documents offline',
    load: async () => (await import('./validate.ts')).validateVerb,
  },
  {
    name: 'analyze',
    description: 'find what is wrong between objects: of the service, or of files with -f',
    load: async () => (await import('./analyze.ts')).analyzeVerb,
  },
  {
    name: 'render',
    description: 'print the Envoy resources that a proxy would receive, offline',
    load: async () => (await import('./render.ts')).renderVerb,
  },
  {
    name: 'bench',
    description: 'time the product on this machine: bench build --case FILE',
    load: async () => (await import('./bench.ts')).benchVerb,
  },
  {
    name: 'bootstrap',
    description: 'print a complete Envoy bootstrap (JSON) that polls the server over REST',
    load: async () => (await import('./bootstrap.ts')).bootstrapVerb,
  },
  {
    name: 'access',
    description: 'check an access file and print the form that functions take; --new-token makes a token',
    load: async () => (await import('./access.ts')).accessVerb,
  },
  {
    name: 'kubeconfig',
    description: 'print a kubeconfig with which kubectl works on the server',
    load: async () => (await import('./kubeconfig.ts')).kubeconfigVerb,
  },
  {
    name: 'agent',
    description: 'run beside an Envoy: agent identity keeps the certificate of its workload fresh',
    load: async () => (await import('./agent.ts')).agentVerb,
  },
  {
    name: 'join-token',
    description: 'make a token with which one workload gets its first certificate',
    load: async () => (await import('./join-token.ts')).joinTokenVerb,
  },
  {
    name: 'authority',
    description: 'show the roots of the certificate authority; authority rotate replaces them',
    load: async () => (await import('./authority.ts')).authorityVerb,
  },
  {
    name: 'proxy-status',
    description: 'show per proxy and type what was sent and what was taken',
    load: async () => (await import('./proxy-status.ts')).proxyStatusVerb,
  },
  {
    name: 'config-dump',
    description: "print what a proxy is given, in the shape of Envoy's own dump",
    load: async () => (await import('./config-dump.ts')).configDumpVerb,
  },
  {
    name: 'scope',
    description: 'show which services a proxy may call, by which listener, and which Sidecar says so',
    load: async () => (await import('./scope.ts')).scopeVerb,
  },
  {
    name: 'explain',
    description: 'name the objects that decide what a proxy does with a request, and why others do not',
    load: async () => (await import('./explain.ts')).explainVerb,
  },
];
