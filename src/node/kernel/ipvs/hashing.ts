/**
 * The schedulers that hash: sh by the client's address, dh by the virtual one, mh (Maglev) by the client's address and
 * port. None of them looks further where the server that it finds takes no new connections.
 * Source: net/netfilter/ipvs/ip_vs_{sh,dh,mh}.c, include/linux/hash.h (hash_32).
 */
import { ensure } from "../../../base/assert";
import { addressNumber } from "../nftables/intervals";
import { hsiphash } from "./siphash";
import type { Scheduling } from "./schedulers";
import { realKey, type RealServer } from "./table";

/** Chooses; null where nobody is there, or the one found takes no new connections. */
export function hashedServer({ virtual, servers, client, clientPort }: Scheduling): RealServer | null {
  const found =
    virtual.scheduler === "mh" ? maglev(servers, client, clientPort) : bucketed(virtual.scheduler, servers, client, virtual.address);
  return found === undefined || found.weight <= 0 ? null : found;
}

/** Address as the kernel folds it: IPv6's four words by exclusive or. */
function folded(address: string): number {
  const value = addressNumber(address);
  let word = 0n;
  for (let shift = 0n; shift < 128n; shift += 32n) word ^= (value >> shift) & 0xffff_ffffn;
  return Number(word);
}

const TABLE_BITS = 8;

/** The kernel's hash_32: multiplication by the golden ratio, the top bits taken. */
function hash32(value: number): number {
  return Math.imul(value, 0x61c8_8647) >>> (32 - TABLE_BITS);
}

/** 256 buckets: sh fills as many in a row as a server's weight says, dh one for each server in turn. */
function bucketed(scheduler: string, servers: readonly RealServer[], client: string, virtual: string): RealServer | undefined {
  const bucket = hash32(folded(scheduler === "sh" ? client : virtual));
  const row = servers.flatMap((server) => Array.from({ length: scheduler === "sh" ? Math.max(1, server.weight) : 1 }, () => server));
  return row.length === 0 ? undefined : row[bucket % row.length];
}

/** Size of the look-up table: the prime that the default of CONFIG_IP_VS_MH_TAB_INDEX names. */
const SIZE = 4093;
const FIRST = [2_654_435_761n, 2_654_435_761n] as const;
const SECOND = [2_654_446_892n, 2_654_446_892n] as const;

function maglev(servers: readonly RealServer[], client: string, port: number): RealServer | undefined {
  if (servers.length === 0) return undefined;
  return tableOf(servers)[hsiphash(port + folded(client), FIRST) % SIZE];
}

const tables = new Map<string, readonly RealServer[]>();
const REMEMBERED = 256;

/** The table is remembered for what it is made from. Servers that are drained keep their places in it. */
function tableOf(servers: readonly RealServer[]): readonly RealServer[] {
  const key = servers.map((server) => `${realKey(server)} ${server.weight}`).join(" ");
  const known = tables.get(key);
  if (known !== undefined) return known;
  const made = fill(servers);
  if (tables.size >= REMEMBERED) tables.clear();
  tables.set(key, made);
  return made;
}

/** Each server in turn takes the next free place of a permutation of its own, as often as its weight says. */
function fill(servers: readonly RealServer[]): readonly RealServer[] {
  const table: (RealServer | undefined)[] = Array.from({ length: SIZE }, () => undefined);
  const weights = servers.map(({ weight }) => Math.max(1, weight));
  const divisor = weights.reduce((a, b) => greatestDivisor(a, b), 0);
  const shift = Math.max(0, 32 - Math.clz32(Math.max(...weights) / divisor) - TABLE_SHIFT_BITS);
  const walks = servers.map((server, index) => ({
    server,
    at: hsiphash(server.port + folded(server.address), FIRST) % SIZE,
    skip: (hsiphash(server.port + folded(server.address), SECOND) % (SIZE - 1)) + 1,
    turns: Math.max(1, Math.floor(ensure(weights[index], "weight") / divisor / (1 << shift))),
  }));
  let filled = 0;
  while (filled < SIZE) {
    for (const walk of walks) {
      for (let turn = 0; turn < walk.turns && filled < SIZE; turn += 1) {
        while (table[walk.at] !== undefined) walk.at = (walk.at + walk.skip) % SIZE;
        table[walk.at] = walk.server;
        filled += 1;
      }
    }
  }
  return table.flatMap((server) => server ?? []);
}

/** Half of the bits of the table's size (CONFIG_IP_VS_MH_TAB_INDEX / 2): weights above that are scaled down. */
const TABLE_SHIFT_BITS = 6;

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
