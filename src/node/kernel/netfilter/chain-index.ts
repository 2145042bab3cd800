/**
 * An index over a long chain, so that ten thousand Services cost a packet no more than one. It only leaves out rules
 * that cannot match: which rule matches, how many a linear walk would have passed, and every draw stay the same
 * (a law with a property test). Derived from the rule objects; never part of the state.
 */
import { ipv4Number, prefix } from "../../../network/address";
import type { Packet } from "../../../network/packet";
import { destinationPort } from "./matching";
import type { Chain, Match, Rule } from "./rules";

/** Chains shorter than this are walked as they are. */
export const INDEXED_FROM = 16;

/** Rule positions by what the rules ask of destination address and port; every list ascends. */
interface ChainIndex {
  readonly byAddressAndPort: ReadonlyMap<number, readonly number[]>;
  readonly byAddress: ReadonlyMap<number, readonly number[]>;
  readonly byPort: ReadonlyMap<number, readonly number[]>;
  readonly others: readonly number[];
}

type Positions = readonly number[];

const NONE: Positions = [];
const LAST = Number.MAX_SAFE_INTEGER;
const indexes = new WeakMap<Chain, ChainIndex>();

/** Gives, in order, the positions of the rules that may match a packet. */
export class Candidates {
  private readonly list0: Positions;
  private readonly list1: Positions;
  private readonly list2: Positions;
  private readonly list3: Positions;
  private at0 = 0;
  private at1 = 0;
  private at2 = 0;
  private at3 = 0;

  constructor(chain: Chain, packet: Packet) {
    const index = indexOf(chain);
    const address = ipv4Number(packet.dst);
    const port = destinationPort(packet);
    this.list0 = index.byAddressAndPort.get(address * 65_536 + port) ?? NONE;
    this.list1 = index.byAddress.get(address) ?? NONE;
    this.list2 = index.byPort.get(port) ?? NONE;
    this.list3 = index.others;
  }

  /** The next position, or -1 after the last: the smallest head of the four lists. */
  next(): number {
    const head0 = this.list0[this.at0] ?? LAST;
    const head1 = this.list1[this.at1] ?? LAST;
    const head2 = this.list2[this.at2] ?? LAST;
    const head3 = this.list3[this.at3] ?? LAST;
    const best = Math.min(head0, head1, head2, head3);
    if (best === LAST) return -1;
    if (best === head0) this.at0 += 1;
    else if (best === head1) this.at1 += 1;
    else if (best === head2) this.at2 += 1;
    else this.at3 += 1;
    return best;
  }
}

function indexOf(chain: Chain): ChainIndex {
  const known = indexes.get(chain);
  if (known !== undefined) return known;
  const made = makeIndex(chain);
  indexes.set(chain, made);
  return made;
}

function makeIndex(chain: Chain): ChainIndex {
  const byAddressAndPort = new Map<number, number[]>();
  const byAddress = new Map<number, number[]>();
  const byPort = new Map<number, number[]>();
  const others: number[] = [];
  for (const [position, rule] of chain.rules.entries()) {
    const { address, port } = keysOf(rule);
    if (address !== null && port !== null) add(byAddressAndPort, address * 65_536 + port, position);
    else if (address !== null) add(byAddress, address, position);
    else if (port !== null) add(byPort, port, position);
    else others.push(position);
  }
  return { byAddressAndPort, byAddress, byPort, others };
}

function add(lists: Map<number, number[]>, key: number, position: number): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [position]);
  else list.push(position);
}

/** What a rule demands before chance or memory has a say: a condition after a draw may not keep the draw from happening. */
function keysOf(rule: Rule): { address: number | null; port: number | null } {
  let address: number | null = null;
  let port: number | null = null;
  for (const match of rule.matches) {
    if (match.kind === "statistic" || match.kind === "recent") break;
    if (address === null) address = demandedAddress(match);
    if (port === null && match.kind === "destination-port" && match.not !== true) port = match.port;
  }
  return { address, port };
}

function demandedAddress(match: Match): number | null {
  if (match.kind !== "destination" || match.not === true) return null;
  const range = prefix(match.text);
  return range.length === 32 ? range.base : null;
}
