/** The name servers of the nodes' resolv.conf: they stand at the model's edge, on the node network's router. */
import { parseResolvConf } from "../dns/resolver/resolv-conf";
import { ipv4Number } from "../network/address";
import type { Host } from "../node/kernel/host";
import { addAddress } from "../node/kernel/host";
import { makeOutsideDns } from "../workloads/outside-dns";
import { startProcess } from "./run-process";
import type { Sim } from "./sim";

/** Starts the resolver on a machine that takes on the addresses which the nodes' resolv.conf names. */
export function startOutsideDns(sim: Sim, edge: Host): void {
  const read = parseResolvConf(sim.state.setup.config.nodeResolvConf);
  const named = read.ok ? read.value.nameservers : [];
  for (const address of named) {
    if (!Number.isNaN(ipv4Number(address)) && !address.startsWith("127.") && !edge.addresses.has(address))
      addAddress(edge, "eth0", address);
  }
  startProcess(sim, { id: `${edge.name} [outside dns]`, host: edge.name, pod: "", program: makeOutsideDns() });
}
