import assert from 'node:assert/strict';
import type { ProxyIr } from '../../lib/ir/proxy-ir.ts';
import { type Outcome, outcomeOf } from '../../lib/explain/call-outcome.ts';
import { followCall } from '../../lib/explain/follow-call.ts';
import { type Call, readRequest, type Request } from '../../lib/explain/request.ts';

/** Sends a call through the decisions for one proxy, as Envoy chooses among them. */
export function evaluateCall(ir: ProxyIr, call: Call): Outcome {
  return outcomeOf(ir, followCall(ir, call, requestOf(call)));
}

/** The request of a call that a test wrote. */
export function requestOf(call: Call): Request {
  const request = readRequest(call);
  assert.ok(request, `no request: ${call.call}`);
  return request;
}
