import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { assignmentCase, judgeAssignment } from './assignments.ts';
import { judgeAuthorization } from './authorization.ts';
import type { Case, Rendered, Verdict } from './case.ts';
import { judgeResources } from './compare-resources.ts';
import { judgeDelegation } from './delegates.ts';
import { judgeGatewayApi } from './gateway-api.ts';
import { judgeGatewayMerge } from './gateway-merge.ts';
import { at, textAt, type Json } from './json.ts';
import { judgeLocalities } from './localities.ts';
import { judgePeerPolicies } from './peer-policies.ts';
import { judgeServiceEntry } from './service-entries.ts';
import { judgeSidecarScope } from './sidecar-scope.ts';
import { judgeSimulation } from './simulation.ts';
import { validatedDocument } from './small-validators.ts';
import { judgeTableRoutes } from './table-routes.ts';
import { judgeTrafficPolicies } from './traffic-policies.ts';

/**
 * Which verb of the command line an area's cases go through, and how its answer is judged. `asked` says what is asked where a
 * case is not the question itself; `undefined` where there is nothing here to be asked. Areas of one small function are not asked:
 * the judge calls that function.
 */
export type Area =
  | {
      readonly verb: 'render' | 'validate';
      readonly asked?: (test: Case) => Json | undefined;
      readonly judge: (test: Case, answer: Json) => Verdict;
    }
  | { readonly verb: 'none'; readonly judge: (test: Case) => Verdict };

/** The areas that this program can judge. Cases of any other area are counted and named as not judged. */
export const AREAS: Readonly<Record<string, Area>> = {
  simulation: { verb: 'render', judge: whenRendered(judgeSimulation) },
  xds: { verb: 'render', judge: whenRendered(againstGolden) },
  'xds-se': { verb: 'render', judge: whenRendered(againstGolden) },
  validation: { verb: 'validate', judge: judgeValidity },
  'validation-crd': { verb: 'validate', judge: judgeValidity },
  'validation-mesh': { verb: 'validate', judge: judgeValidity },
  'validation-fn': { verb: 'validate', asked: validatedDocument, judge: judgeValidity },
  eds: { verb: 'render', asked: assignmentCase, judge: whenRendered(judgeAssignment) },
  'locality-lb': { verb: 'none', judge: judgeLocalities },
  'serviceentry-convert': { verb: 'none', judge: judgeServiceEntry },
  authz: { verb: 'none', judge: judgeAuthorization },
  'vs-delegate': { verb: 'none', judge: judgeDelegation },
  'vs-routes': { verb: 'none', judge: judgeTableRoutes },
  'sidecar-scope': { verb: 'none', judge: judgeSidecarScope },
  'gateway-api': { verb: 'none', judge: judgeGatewayApi },
  'gateway-merge': { verb: 'none', judge: judgeGatewayMerge },
  authn: { verb: 'none', judge: judgePeerPolicies },
  'dr-merge': { verb: 'none', judge: judgeTrafficPolicies },
};

function whenRendered(judge: (test: Case, rendered: Rendered) => Verdict) {
  return (test: Case, answer: Json): Verdict => {
    const resources = at(answer, 'resources');
    if (resources !== undefined) return judge(test, resources as Rendered);
    return { verdict: 'refused', reason: JSON.stringify(at(answer, 'errors') ?? answer).slice(0, 300) };
  };
}

function againstGolden(test: Case, rendered: Rendered): Verdict {
  const golden = join(dirname(test.file), 'golden', basename(test.file).replace(/\.json$/, '.xds.json'));
  if (!existsSync(golden)) return { verdict: 'skipped', reason: 'no golden beside the case' };
  return judgeResources(JSON.parse(readFileSync(golden, 'utf8')) as { readonly [type: string]: Json }, rendered);
}

function judgeValidity(test: Case, answer: Json): Verdict {
  const [expected, actual] = [at(test.body, 'expected', 'valid'), at(answer, 'valid')];
  if (expected === actual) return { verdict: 'agrees', checks: 1 };
  const error = textAt(test.body, 'expected', 'error');
  const first = `valid here ${JSON.stringify(actual)}, in Istio ${JSON.stringify(expected)} ${error}`;
  return { verdict: 'differs', checks: 1, wrong: 1, first };
}
