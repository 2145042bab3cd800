/** The chains of a hop that choose an endpoint, in either mode of kube-proxy. */
import type { ChainWalkView, HopView } from "../../../bridge/protocol";

export function choosingWalks(hop: HopView): readonly ChainWalkView[] {
  return hop.walks.filter(({ table, chain }) => (table === "kube-proxy" ? /^(service|local)-[A-Z2-7]{8}-/ : /^KUBE-SV[CL]-/).test(chain));
}
