/** Every event of a run, as data. One handled event is one number; a packet's way over one host is one event. */
import type { Kind, KubeObject } from "../cluster/objects";
import type { Revision } from "../cluster/store-types";
import type { Attachment } from "../network/links";
import type { Frame } from "../network/packet";
import type { HostName, KernelTimer, SocketEvent, SocketOwner } from "../node/kernel/api";
import type { Command } from "./command";
import type { ApiWrite } from "./api-write";
import type { ControllerName } from "./controllers";

/** Stages of a POST that are events of their own. */
export type ApiStage = "authentication" | "authorization" | "admission" | "allocation" | "validation" | "persistence";

/** What happens. */
export type WorldEvent =
  /** A person acts. */
  | { readonly kind: "command"; readonly command: Command }
  /** A POST passes one stage of the API server. */
  | { readonly kind: "api-stage"; readonly stage: ApiStage; readonly object: KubeObject; readonly user: string }
  /** A write reaches the store. */
  | { readonly kind: "write"; readonly write: ApiWrite }
  /** A watcher takes up a revision. */
  | { readonly kind: "deliver"; readonly watcher: string; readonly of: Kind; readonly revision: Revision }
  /** A controller works on one key of its queue. */
  | { readonly kind: "reconcile"; readonly controller: ControllerName; readonly key: string }
  /** The kubelet goes on with one Pod. */
  | { readonly kind: "pod"; readonly uid: string; readonly stage: string; readonly generation: number }
  | { readonly kind: "proxy-sync"; readonly node: string; readonly generation: number }
  | { readonly kind: "proxy-synced"; readonly node: string; readonly generation: number }
  /** A frame arrives at an interface. */
  | { readonly kind: "frame"; readonly to: Attachment; readonly frame: Frame }
  | { readonly kind: "kernel-timer"; readonly host: HostName; readonly timer: KernelTimer }
  /** A socket tells its program something. */
  | { readonly kind: "socket"; readonly host: HostName; readonly owner: SocketOwner; readonly event: SocketEvent }
  | { readonly kind: "process-timer"; readonly process: string; readonly timer: string; readonly generation: number }
  /** Live traffic begins its n-th request. */
  | { readonly kind: "traffic"; readonly generation: number }
  /** One request of a series asked for by a person. */
  | { readonly kind: "request"; readonly from: string | null; readonly to: string; readonly client: "curl-like" | "browser-like" }
  /** The workers' number moves on by one step (join or leave). */
  | { readonly kind: "node"; readonly node: string; readonly stage: "join" | "ready" | "leave" | "gone" };
