/** Rule text as kube-proxy's own tests compare it: by table and chain, Services in any order. */

/** Chains whose rules may come in any order of Services. */
const SHARED = ["KUBE-SERVICES", "KUBE-NODEPORTS", "KUBE-EXTERNAL-SERVICES", "KUBE-PROXY-FIREWALL"];

/** Lines by table and chain; the order inside a chain counts, but Services may be in any order. */
export function normalised(text: string): ReadonlyMap<string, readonly string[]> {
  const chains = new Map<string, string[]>();
  let table = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1);
    const [, chain = ""] = /^(?::|-A |-X )(\S+)/.exec(line) ?? [];
    if (chain === "") continue;
    const place = `${table} ${chain}`;
    chains.set(place, [...(chains.get(place) ?? []), line]);
  }
  for (const [place, lines] of chains) {
    if (SHARED.some((name) => place.endsWith(` ${name}`)))
      chains.set(
        place,
        lines.toSorted((a, b) => compare(serviceOf(a), serviceOf(b))),
      );
  }
  return new Map([...chains].toSorted(([a], [b]) => compare(a, b)));
}

/** The chain line first, then by Service, the NodePorts rule last; a stable sort keeps a Service's own order. */
function serviceOf(line: string): string {
  if (line.startsWith(":")) return "";
  return /--comment "?(\S+\/[^\s"]+)/.exec(line)?.[1] ?? "~";
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
