/** Collects what was read, and sees what only shows across objects: a name twice, an address out of range or twice. */
import type { Problem } from "../base/result";
import { checkRequested } from "../cluster/allocation";
import type { KubeObject, Service } from "../cluster/objects";
import { refOf, showRef } from "../cluster/objects";
import { showInvalid } from "../cluster/validation";
import { invalid } from "../cluster/validation/findings";
import type { UnknownObject } from "./read-object";
import { join, readObject, unpack } from "./read-object";

/** What a file or list holds. */
export interface Loaded {
  /** In the order of the text; `at` is `file:line:column`, or the path in a list. */
  readonly objects: readonly { readonly object: KubeObject; readonly at: string }[];
  /** Objects of kinds that are not simulated, kept as they are. */
  readonly unknown: readonly UnknownObject[];
  /** One sentence each, place first. */
  readonly warnings: readonly string[];
}

/** How strictly to read. */
export interface LoadOptions {
  /** Ranges that ClusterIPs must lie in, each address once. Absent: Services stand as given, with any address or without ports. */
  readonly serviceCIDRs?: readonly string[];
  /** What is read goes to an API server, which says itself what is wrong with a field: only types are checked here. */
  readonly typesOnly?: boolean;
}

/** Where a path within a value stands. */
type PlaceOf = (path: string) => string;

/** Takes values in and gives what they hold. */
export class Collector {
  private readonly objects: { object: KubeObject; at: string }[] = [];
  private readonly unknown: UnknownObject[] = [];
  private readonly warnings: string[] = [];
  /** Where each name was first used. */
  private readonly names = new Map<string, string>();
  private readonly addresses = new Set<string>();
  private readonly typesOnly: boolean;
  private readonly serviceCIDRs: readonly string[] | undefined;

  constructor({ serviceCIDRs, typesOnly = false }: LoadOptions = {}) {
    this.serviceCIDRs = typesOnly ? undefined : serviceCIDRs;
    this.typesOnly = typesOnly;
  }

  /** Takes a document in: nothing where it is empty, several objects where it is a List. */
  add(value: unknown, at: PlaceOf): Problem | undefined {
    if (value === null || value === undefined) return undefined;
    for (const item of unpack(value)) {
      const problem = this.addOne(item.value, (path) => at(join(item.path, path)));
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private addOne(value: unknown, at: PlaceOf): Problem | undefined {
    const read = readObject(value, this.typesOnly ? "types" : this.serviceCIDRs === undefined ? "lenient" : "strict");
    if (!read.ok) return { message: read.problem.message, at: at(read.problem.at ?? "") };
    if (!read.value.known) return this.keepUnknown({ ...read.value.unknown, at: at("") }, at);
    const { object } = read.value;
    const problem = this.claimName(showRef(refOf(object)), at) ?? this.claimAddress(object, at);
    if (problem === undefined) this.objects.push({ object, at: at("") });
    return problem;
  }

  private keepUnknown(unknown: UnknownObject, at: PlaceOf): Problem | undefined {
    const { apiVersion, kind, namespace, name } = unknown;
    const shown = `${kind} ${namespace === "" ? name : `${namespace}/${name}`}`;
    const problem = name === "" ? undefined : this.claimName(`${apiVersion} ${shown}`, at);
    if (problem !== undefined) return problem;
    this.unknown.push(unknown);
    this.warnings.push(`${unknown.at}: kind ${kind} (${apiVersion}) is not simulated; ${shown.trim()} is kept and has no effect`);
    return undefined;
  }

  private claimName(name: string, at: PlaceOf): Problem | undefined {
    const place = at("metadata.name");
    const first = this.names.get(name);
    if (first === undefined) {
      this.names.set(name, place);
      return undefined;
    }
    return { message: `${name} stands twice, first at ${shortPlace(first)}; expected each name once`, at: place };
  }

  private claimAddress(object: KubeObject, at: PlaceOf): Problem | undefined {
    const address = object.kind === "Service" ? addressOf(object) : undefined;
    if (address === undefined || this.serviceCIDRs === undefined) return undefined;
    const checked = checkRequested(address, { serviceCIDRs: this.serviceCIDRs, taken: (text) => this.addresses.has(text) });
    this.addresses.add(address);
    if (checked.ok) return undefined;
    const detail = `failed to allocate IP ${address}: ${checked.problem.message} (ClusterIPs here are from ${this.serviceCIDRs.join(", ")})`;
    return {
      message: showInvalid("Service", object.metadata.name, [invalid("spec.clusterIPs", [address], detail)]),
      at: at("spec.clusterIP"),
    };
  }

  /** Everything taken in so far. */
  loaded(): Loaded {
    return { objects: this.objects, unknown: this.unknown, warnings: this.warnings };
  }
}

/** `line 12` of `file:12:9`; a path in a list as it is. */
function shortPlace(place: string): string {
  const line = /:(\d+):\d+$/.exec(place)?.[1];
  return line === undefined ? place : `line ${line}`;
}

function addressOf({ spec }: Service): string | undefined {
  const address = spec.clusterIP ?? spec.clusterIPs?.[0] ?? "";
  return address === "" || address === "None" || spec.type === "ExternalName" ? undefined : address;
}
