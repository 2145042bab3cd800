/**
 * What a person can break and mend, and the delays that can be set. Each is a command like others: in the journal, in
 * links, in `run`. Every fault is taken back by the same command with its field turned round. Nodes are named by `node`,
 * Pods as `NAMESPACE/NAME`, readers as the page's table of readers names them (`kube-proxy, node-a`).
 */
import type { ProbeName } from "../node/agents/probes";
import type { OnTerm } from "../workloads/termination";

/** Something breaks, or is mended. */
export type Fault =
  /** A Pod's programs end by themselves with exit code 1. `again` true: one second after every start too, until `again` false. */
  | { readonly do: "crash"; readonly name: string; readonly again?: boolean }
  /** A Pod's program gives a bad answer to a probe, though it works otherwise. */
  | { readonly do: "probe"; readonly name: string; readonly probe: ProbeName; readonly fails: boolean }
  /** A Pod's programs stand still (SIGSTOP): their kernel goes on taking connections and datagrams, nobody answers. */
  | { readonly do: "freeze"; readonly name: string; readonly frozen: boolean }
  /** A node's kubelet stops; containers run on. */
  | { readonly do: "kubelet"; readonly node: string; readonly runs: boolean }
  /** A node's kube-proxy stops; its rules stay. */
  | { readonly do: "kube-proxy"; readonly node: string; readonly runs: boolean }
  /** A node's machine loses its power, or gets it back and boots. */
  | { readonly do: "power"; readonly node: string; readonly on: boolean }
  /** A node's network cable: its Pods run on, nobody reaches them from elsewhere, and it hears nothing of the API server. */
  | { readonly do: "network"; readonly node: string; readonly connected: boolean }
  /** One component's watch is cut, or goes on where it stopped. */
  | { readonly do: "watch"; readonly reader: string; readonly connected: boolean }
  /** All free addresses of a node's Pod range are taken by leaked reservations, or those are given back. */
  | { readonly do: "addresses"; readonly node: string; readonly taken: boolean }
  /** `kubectl drain` and `kubectl uncordon`. */
  | { readonly do: "drain"; readonly node: string }
  | { readonly do: "uncordon"; readonly node: string };

/** A delay, or how an application ends. */
export type DelaySetting =
  /** How much later than usual every kube-proxy hears of a change. */
  | { readonly do: "watch-delay"; readonly milliseconds: number }
  /** How much longer than usual every write to the store takes. */
  | { readonly do: "store-delay"; readonly milliseconds: number }
  /** kube-proxy's minSyncPeriod: from the start of one sync to the start of the next. */
  | { readonly do: "sync-period"; readonly milliseconds: number }
  /** Changes a Deployment's Pod template, which rolls it out: a Pod keeps what it was made with. What is not named stays. */
  | PodSettings;

/** Faults and delays. */
export type Disturbance = Fault | DelaySetting;

/** Those that no API server is asked for. */
export type Broken = Exclude<Disturbance, { readonly do: "drain" | "uncordon" | "pod-settings" }>;

/** A change of a Deployment's template. `preStopSeconds` 0 takes the hook away. */
export interface PodSettings {
  readonly do: "pod-settings";
  readonly name: string;
  readonly preStopSeconds?: number;
  readonly graceSeconds?: number;
  readonly probePeriodSeconds?: number;
  /** From SIGTERM to the end of the program. */
  readonly shutdownSeconds?: number;
  readonly onTerm?: OnTerm;
}
