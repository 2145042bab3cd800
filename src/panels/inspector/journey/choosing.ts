/** The chains of a hop that choose an endpoint, in each mode of kube-proxy; a virtual server of IPVS is one. */
import type { ChainWalkView, HopView } from "../../../bridge/protocol";

const CHOOSING: Readonly<Record<string, RegExp>> = { "kube-proxy": /^(service|local)-[A-Z2-7]{8}-/, ipvs: /^/ };

export function choosingWalks(hop: HopView): readonly ChainWalkView[] {
  return hop.walks.filter(({ table, chain }) => CHOOSING[table]?.test(chain) ?? /^KUBE-SV[CL]-/.test(chain));
}
