/** The DNS cases of ../shared/vectors/dns.json, typed as far as the comparison reads them. */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { KubeObject } from "../../src/cluster/objects";

export interface ExpectedReply {
  readonly rcode?: string;
  readonly aa?: boolean;
  readonly tc?: boolean;
  readonly answer?: readonly string[];
  readonly ns?: readonly string[];
  readonly extra?: readonly string[];
  readonly next?: boolean;
}

export interface QueryCase {
  readonly n: number;
  readonly qname: string;
  readonly qtype: string;
  readonly upstream?: { readonly answer?: readonly string[]; readonly ns?: readonly string[]; readonly truncated?: boolean };
  readonly expect: ExpectedReply;
}

export interface VectorCase {
  readonly id: string;
  readonly corefile: { readonly plugin: string; readonly [field: string]: unknown };
  readonly runtime: { readonly hasSynced: boolean; readonly localIPs: readonly string[]; readonly clientIP: string | null };
  readonly objects: Readonly<Record<"services" | "endpointSlices" | "namespaces" | "pods", readonly KubeObject[]>>;
  readonly queries: readonly QueryCase[];
}

export interface ConfCase {
  readonly in: string;
  readonly nameservers: readonly string[];
  readonly searches: readonly string[];
  readonly options: readonly string[];
  readonly error: boolean;
}

export interface PodConfCase {
  readonly clusterDNS?: readonly string[];
  readonly clusterDomain?: string;
  readonly hostResolvConf?: string;
  readonly podNamespace?: string;
  readonly dnsPolicy: string;
  readonly hostNetwork?: boolean;
  readonly dnsConfig?: {
    readonly nameservers?: readonly string[];
    readonly searches?: readonly string[];
    readonly options?: readonly { readonly name: string; readonly value?: string }[];
  } | null;
  readonly expect: {
    readonly nameservers: readonly string[];
    readonly searches: readonly string[];
    readonly optionsSet?: readonly string[];
  };
}

export interface LimitCase {
  readonly in: readonly string[];
  readonly out: readonly string[];
  readonly warningEvent: boolean;
  readonly limits?: { readonly maxSearchPaths: number; readonly maxSearchListChars: number };
  readonly maxSingleSearchChars?: number;
}

export interface WalkCase {
  readonly libc: "glibc" | "musl" | "both";
  readonly name: string;
  readonly conf: string;
  readonly sequence: readonly string[];
  readonly result: string;
  readonly answers?: Readonly<Record<string, Readonly<Record<"A" | "AAAA", string>>>>;
}

export interface DnsCases {
  readonly vectors: readonly VectorCase[];
  readonly extra: {
    readonly endpointHostname: {
      readonly cases: readonly {
        readonly ip: string;
        readonly hostname: string;
        readonly expected: string;
        readonly podName: string;
        readonly endpointPodNames: boolean;
      }[];
    };
    readonly parseRequest: {
      readonly cases: readonly {
        readonly qname: string;
        readonly zone: string;
        readonly multicluster: boolean;
        readonly zonal: boolean;
        readonly expect: Readonly<Record<string, string>>;
      }[];
    };
    readonly autopath: {
      readonly firstSearch: string;
      readonly inSearchPath: readonly (readonly [string, boolean])[];
      readonly walk: {
        readonly search: readonly string[];
        readonly backend: Readonly<Record<string, "NXDOMAIN" | "NOERROR">>;
        readonly cases: readonly { readonly qname: string; readonly answerInOrder?: readonly string[]; readonly written?: boolean }[];
      };
    };
    readonly kubelet: {
      readonly parseResolvConf: readonly ConfCase[];
      readonly searchLimits: readonly LimitCase[];
      readonly nameserverLimits: readonly LimitCase[];
      readonly mergeOptions: readonly {
        readonly existing: readonly string[];
        readonly dnsConfigOptions: readonly { readonly name: string; readonly value?: string }[];
        readonly expectSet: readonly string[];
      }[];
      readonly dnsType: readonly { readonly dnsPolicy: string; readonly hostNetwork: boolean; readonly expect: string }[];
      readonly podResolvConf: readonly PodConfCase[];
      readonly podResolvConfNoHostFile: { readonly cases: readonly PodConfCase[] };
    };
    readonly resolverWalk: {
      readonly conf: Readonly<
        Record<string, { readonly nameservers: readonly string[]; readonly search: readonly string[]; readonly ndots: number }>
      >;
      readonly cases: readonly WalkCase[];
    };
  };
}

const PATH = resolve(import.meta.dirname, "../../../shared/vectors/dns.json");

/** The cases, or null where they are not beside the project. */
export function readDnsCases(): DnsCases | null {
  if (!existsSync(PATH)) return null;
  const cases: DnsCases = JSON.parse(readFileSync(PATH, "utf8"));
  return cases;
}
