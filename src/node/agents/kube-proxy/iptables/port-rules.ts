/** All rules of one Service, remembered by what they were made from and shared between nodes that agree. */
import { Fingerprint } from "../../../../base/hash";
import type { Chain } from "../../../kernel/netfilter/rules";
import { categorise, dependsOnNode } from "../categorise";
import type { BackedPort, BackedService } from "../services";
import type { RuleContext } from "./context";
import { dispatchRules, type Dispatch } from "./dispatch";
import { serviceChains } from "./service-chains";

/** What one Service port adds to the tables. */
export interface PortRules {
  readonly dispatch: Dispatch;
  readonly chains: readonly Chain[];
}

/** What one Service adds to the tables. */
export interface ServiceRules {
  readonly backed: BackedService;
  readonly ports: readonly PortRules[];
  /** Names the rules: sixteen hexadecimal digits. */
  readonly fingerprint: string;
}

const made = new WeakMap<BackedService, Map<string, ServiceRules>>();

/** The rules of a Service in a context. */
export function serviceRules(backed: BackedService, context: RuleContext): ServiceRules {
  const key = backed.ports.some(isNodesOwn) ? `${context.key} ${context.nodeKey}` : context.key;
  const known = made.get(backed) ?? new Map<string, ServiceRules>();
  const before = known.get(key);
  if (before !== undefined) return before;
  const rules = makeRules(backed, context, key);
  made.set(backed, known.set(key, rules));
  return rules;
}

/** Source ranges are compared with the node's own address. */
function isNodesOwn({ port, endpoints }: BackedPort): boolean {
  return port.sourceRanges.length > 0 || dependsOnNode(port, endpoints);
}

function makeRules(backed: BackedService, context: RuleContext, key: string): ServiceRules {
  const ports = backed.ports.map(({ port, endpoints }) => {
    const categorised = categorise(port, endpoints, context.node);
    return { dispatch: dispatchRules(port, categorised, context), chains: serviceChains(port, categorised, context) };
  });
  const into = new Fingerprint();
  into.text(backed.text);
  into.text(key);
  return { backed, ports, fingerprint: into.hex() };
}
