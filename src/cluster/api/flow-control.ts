/**
 * Priority and fairness: at which level a request is counted, and how many seats the level has of the server's 600.
 * Source: apiserver pkg/apis/flowcontrol/bootstrap/default.go (shares), pkg/server/config.go (400 + 200 in flight),
 * util/flowcontrol (seats = ceil of the level's part). Left out: queues and borrowed seats.
 */
import type { ApiUser } from "./users";

/** Shares of the bootstrap levels; exempt has none. */
const SHARES = {
  system: 30,
  "node-high": 40,
  "leader-election": 10,
  "workload-high": 40,
  "workload-low": 100,
  "global-default": 20,
  "catch-all": 5,
} as const;

const SUM = 245;
const SEATS = 600;

/** A flow schema's priority level, with its seats. */
export interface FlowLevel {
  readonly schema: string;
  readonly level: keyof typeof SHARES;
  readonly seats: number;
}

/** Where a user's requests are counted: service accounts at workload-low, people at global-default. */
export function flowOf({ groups }: ApiUser): FlowLevel {
  const [schema, level]: readonly [string, keyof typeof SHARES] = groups.includes("system:serviceaccounts")
    ? ["service-accounts", "workload-low"]
    : ["global-default", "global-default"];
  return { schema, level, seats: Math.ceil((SEATS * SHARES[level]) / SUM) };
}
