import { keyOf, type Resource } from '../../resources/resource.ts';
import { stated, type StatedObject } from './stated-condition.ts';

/** What becomes of the Gateways of a class. */
export interface GatewayClassRole {
  readonly className: string;
  /** `remote` ones stand elsewhere: they are taken note of, and nothing is made of them. */
  readonly role: 'own' | 'remote';
}

/** GA-1: controllers by whose name classes are this service's. */
const CONTROLLERS: Readonly<Record<string, GatewayClassRole['role']>> = {
  'istio.io/gateway-controller': 'own',
  'istio.io/unmanaged-gateway': 'remote',
};

/** GA-1: classes that are there without a document. */
const BUILT_IN: Readonly<Record<string, GatewayClassRole['role']>> = { istio: 'own', 'istio-remote': 'remote' };

const roleIn = (table: Readonly<Record<string, GatewayClassRole['role']>>, name: string) =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** The class of a Gateway; `undefined` where it is another controller's, or nobody's. */
export function gatewayClasses(
  classes: readonly Resource<'GatewayClass'>[],
): (className: string) => GatewayClassRole | undefined {
  const written = new Map(classes.map(({ metadata, spec }) => [metadata.name, spec.controllerName ?? '']));
  return (className) => {
    const controller = written.get(className);
    const role = controller === undefined ? roleIn(BUILT_IN, className) : roleIn(CONTROLLERS, controller);
    return role && { className, role };
  };
}

/** GA-1: a class of another controller is left alone. */
export function classStatements(classes: readonly Resource<'GatewayClass'>[]): readonly StatedObject[] {
  const accepted = { Accepted: { reason: 'Accepted', message: 'Handled by Istio controller' } };
  return classes
    .filter(({ spec }) => roleIn(CONTROLLERS, spec.controllerName ?? '') !== undefined)
    .map((each) => ({ target: keyOf(each), conditions: stated(accepted, {}) }));
}
