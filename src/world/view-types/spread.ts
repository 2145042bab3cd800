/** How the rules of a node spread new connections over a Service's endpoints: by their probabilities, and as it falls out. */

/** What is asked: a Service's port on a node, and how many connections are to be tried with the draws of a seed. */
export interface SpreadQuestion {
  readonly node: string;
  /** `ns/name`. */
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
  /** 0 asks for the probabilities alone. */
  readonly connections: number;
  readonly seed: number;
}

/** One endpoint as the rules choose it. */
export interface SpreadEndpoint {
  /** `address:port`. */
  readonly endpoint: string;
  /** `ns/name` of the Pod with that address, "" where none has it. */
  readonly pod: string;
  /** Where the rule stands whose packets count as its hits, as `RulesView.counters` names it. */
  readonly countedAt: string;
  /** What its own rule draws with: `0.33333333349`, `1 in 3`; "" where it takes what is left. */
  readonly probability: string;
  /** What part of all new connections comes as far as its rule, and what part it gets, from 0 to 1. */
  readonly reaches: number;
  readonly gets: number;
  /** How many of the tried connections went there. */
  readonly got: number;
}

/** The answer. */
export interface SpreadView {
  readonly connections: number;
  /** Who connects: Pods of the node in turn. */
  readonly clients: number;
  /** Connections that no rule sent to an endpoint. */
  readonly elsewhere: number;
  /** Connections that a rule of session affinity sent where their client had been before. */
  readonly remembered: number;
  /** Rules looked at by all of them together. */
  readonly rules: number;
  readonly endpoints: readonly SpreadEndpoint[];
}
