/**
 * What a person can do to the cluster. Commands are the journal of a recording: with scenario and seed they are the
 * whole run. They name objects by kind, namespace and name, never by index. Source: headless.md (`run`), design.md §5.
 */
import type { Kind, KubeObject, Labels, PodCount } from "../cluster/objects";
import type { DnsSetting } from "./dns-setting";
import type { DelaySetting, Fault } from "./fault";
import type { ProxyMode } from "./settings";

/** How a client talks: a connection per request, one that is kept alive, or a connection per request and a cache of names. */
export type ClientKind = "curl-like" | "browser-like" | "jvm-like";

/** What a client is called in a sentence, and in a title. */
export const CLIENT_WORDS: Readonly<Record<ClientKind, readonly [sentence: string, title: string]>> = {
  "curl-like": ["curl", "curl"],
  "browser-like": ["a browser", "browser"],
  "jvm-like": ["a program on a JVM", "JVM"],
};

/** One act. `name` is `NAMESPACE/NAME`, or a bare name for cluster-scoped kinds. */
export type Command =
  | { readonly do: "scale"; readonly kind: "Deployment" | "ReplicaSet" | "StatefulSet"; readonly name: string; readonly replicas: number }
  /** A new template: an image (of the first container, or the one named), environment variables, a restart. */
  | {
      readonly do: "roll-out";
      readonly kind: "Deployment" | "StatefulSet";
      readonly name: string;
      readonly image?: string;
      readonly container?: string;
      readonly env?: Labels;
      readonly restart?: boolean;
    }
  /** An older template again; `revision` absent or 0: the one before. */
  | { readonly do: "roll-back"; readonly kind: "Deployment" | "StatefulSet"; readonly name: string; readonly revision?: number }
  | { readonly do: "pause-rollout"; readonly name: string }
  | { readonly do: "resume-rollout"; readonly name: string }
  /** How a Deployment rolls out, or from which ordinal up a StatefulSet does. What is not given stays. */
  | {
      readonly do: "strategy";
      readonly kind: "Deployment" | "StatefulSet";
      readonly name: string;
      readonly type?: "RollingUpdate" | "Recreate";
      readonly maxSurge?: PodCount;
      readonly maxUnavailable?: PodCount;
      readonly partition?: number;
    }
  | { readonly do: "delete"; readonly kind: Kind; readonly name: string; readonly gracePeriodSeconds?: number }
  /** `labels` is the whole set, as the form shows it: what is not in it goes. The same holds for `select`. */
  | { readonly do: "relabel"; readonly kind: Kind; readonly name: string; readonly labels: Labels }
  | { readonly do: "select"; readonly name: string; readonly selector: Labels }
  /** POST of one object through the API server's pipeline (the "New Service" form). */
  | { readonly do: "create"; readonly object: KubeObject }
  /** Who asks from now on, as by another kubectl context: a name among the cluster's users. */
  | { readonly do: "user"; readonly user: string }
  /** Create or update each object. */
  | { readonly do: "apply"; readonly objects: readonly KubeObject[] }
  /** One or more requests, one after another, `gapMs` apart. `from` absent: the first Pod of the client's Deployment. */
  | {
      readonly do: "request";
      readonly from?: string;
      readonly to?: string;
      readonly client?: ClientKind;
      readonly count?: number;
      readonly gapMs?: number;
    }
  /**
   * A Pod looks a name up. Without a type as its programs do (getaddrinfo: A and AAAA, along the search list); with one as
   * dig does: that name alone. `server` is whom dig asks: an address, or the `ns/name` of a Pod such as one CoreDNS replica.
   */
  | {
      readonly do: "lookup";
      readonly from?: string;
      readonly name: string;
      readonly type?: string;
      readonly libc?: "glibc" | "musl";
      readonly server?: string;
    }
  /** The live traffic's rate, in requests a second. */
  | { readonly do: "traffic"; readonly perSecond: number }
  /** The client that live traffic and requests use from now on. */
  | { readonly do: "client"; readonly client: ClientKind }
  /** kube-proxy's mode, as by its ConfigMap and a rollout of its DaemonSet. */
  | { readonly do: "proxy-mode"; readonly mode: ProxyMode }
  /** How many workers there are to be. */
  | { readonly do: "nodes"; readonly count: number }
  /** The cluster's DNS is set otherwise. */
  | DnsSetting
  /** Something breaks or is mended. */
  | Fault
  /** A delay, or how an application ends. */
  | DelaySetting;

/** A command with the moment of cluster time at which it was given. */
export interface JournalEntry {
  /** Whole microseconds. */
  readonly at: number;
  readonly command: Command;
}
