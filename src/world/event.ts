/** Every event of a run, as data. One handled event is one number; a packet's way over one host is one event. */
import type { ApiStage } from "../cluster/api-server";
import type { ApiWrite } from "../cluster/api-write";
import type { Kind } from "../cluster/objects";
import type { Revision } from "../cluster/store-types";
import type { Attachment } from "../network/links";
import type { Frame } from "../network/packet";
import type { SimTime } from "../engine/time";
import type { ProbeName } from "../node/agents/probes";
import type { PodStage } from "../node/agents/kubelet";
import type { HostName, KernelTimer, SocketEvent, SocketOwner } from "../node/kernel/api";
import type { ClientKind, Command } from "./command";
import type { ControllerName } from "./controllers";

/** Who asked for a write: a person, a controller for one of its keys, a node's kubelet, the world's own hand on a node. */
export type Actor =
  | { readonly who: "you" }
  | { readonly who: "controller"; readonly controller: ControllerName; readonly key: string }
  | { readonly who: "kubelet"; readonly node: string }
  /** A controller without a work queue of its own here. */
  | { readonly who: "control plane"; readonly name: "node-lifecycle" | "taint-eviction" };

/** What happens. */
export type WorldEvent =
  /** A person acts. */
  | { readonly kind: "command"; readonly command: Command }
  /** A person's request passes one stage of the API server; `rest` is what they send after its answer. */
  | {
      readonly kind: "api-stage";
      readonly stage: ApiStage;
      readonly write: ApiWrite;
      readonly user: string;
      readonly rest: readonly ApiWrite[];
    }
  /** A write reaches the store. */
  | { readonly kind: "write"; readonly write: ApiWrite; readonly by: Actor }
  /** A watcher takes up a revision. */
  | { readonly kind: "deliver"; readonly watcher: string; readonly of: Kind; readonly revision: Revision }
  /** A watch could not go on: 410 Gone, and the watcher lists anew. */
  | { readonly kind: "relist"; readonly watcher: string; readonly of: Kind; readonly at: SimTime }
  /** A controller works on one key of its queue. */
  | { readonly kind: "reconcile"; readonly controller: ControllerName; readonly key: string }
  /** A key that was to be looked at again by now, though nothing has changed. */
  | { readonly kind: "recheck"; readonly controller: ControllerName; readonly key: string }
  /** The kubelet goes on with one Pod. */
  | { readonly kind: "pod"; readonly uid: string; readonly stage: PodStage; readonly generation: number }
  /** kube-proxy begins a sync, and is through with it. */
  | { readonly kind: "proxy-sync"; readonly node: string }
  | { readonly kind: "proxy-synced"; readonly node: string }
  /** A kube-proxy starts anew, in the mode that is asked for by then. */
  | { readonly kind: "proxy-restart"; readonly node: string }
  /** IPVS mode: a kube-proxy looks at real servers that take no new connections. */
  | { readonly kind: "proxy-drain"; readonly node: string }
  /** A frame arrives at an interface. */
  | { readonly kind: "frame"; readonly to: Attachment; readonly frame: Frame }
  | { readonly kind: "kernel-timer"; readonly host: HostName; readonly timer: KernelTimer }
  /** A socket tells its program something. */
  | { readonly kind: "socket"; readonly host: HostName; readonly owner: SocketOwner; readonly event: SocketEvent }
  | { readonly kind: "process-timer"; readonly process: string; readonly timer: string; readonly generation: number }
  /** A CoreDNS looks at its Corefile and finds it changed. */
  | { readonly kind: "corefile"; readonly process: string }
  /** Live traffic begins its next request. */
  | { readonly kind: "traffic"; readonly generation: number }
  /** One request asked for by a person. `from` null: the first client Pod. */
  | { readonly kind: "request"; readonly from: string | null; readonly to: string; readonly client: ClientKind }
  /** A worker joins or leaves, stage by stage. */
  | { readonly kind: "node"; readonly node: string; readonly stage: "join" | "ready" | "leave" | "gone" | "booted" }
  /** The node-lifecycle controller looks at a node that fell silent at a moment, or is back since. */
  | { readonly kind: "node-health"; readonly node: string; readonly step: "silent" | "back"; readonly since: SimTime }
  /** A Pod has tolerated its node's silence long enough. */
  | { readonly kind: "evict"; readonly node: string; readonly uid: string; readonly since: SimTime }
  /** A probe is due; or it has waited for an answer as long as it may (`late`). */
  | { readonly kind: "probe"; readonly uid: string; readonly probe: ProbeName; readonly generation: number; readonly late?: true }
  /** A program that crashes again and again has had its second. `why`: it found out by itself that it cannot go on. */
  | { readonly kind: "crash"; readonly uid: string; readonly generation: number; readonly why?: string };
