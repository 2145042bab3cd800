/**
 * The door for questions about a settled cluster: `rules`, `dns`, `resolve`, `trace`, over objects that come with the
 * question or from a cluster file. No session, no worker: one question in, one answer out.
 */
import type { Result } from "../base/result";
import { failAt, ok } from "../base/result";
import { loadManifests, loadObjects, sizeProblem } from "../manifests/load";
import { isRecord } from "../world/questions/fields";
import type { Answer } from "../world/questions/answer";
import { answer } from "../world/questions/answer";
import { readRequest } from "../world/questions/request";
import type { Cluster } from "../world/questions/settled";

export type { Answer } from "../world/questions/answer";
export type * from "../world/questions/types";
export { isRecord } from "../world/questions/fields";
export { sizeProblem };

/** A cluster file as it was read. */
export interface ClusterFile {
  readonly name: string;
  readonly text: string;
}

/** Answers a question, given as JSON. With a file, its objects are the cluster; else the request's `objects` and `steps`. */
export function ask(request: unknown, file?: ClusterFile): Result<Answer> {
  const read = readRequest(request);
  if (!read.ok) return read;
  const { objects, steps } = read.value;
  const clusters = file === undefined ? listed({ objects, steps, strict: serviceRanges(request) }) : fromFile(file, serviceRanges(request));
  return clusters.ok ? answer(read.value, clusters.value) : clusters;
}

type Clusters = readonly [Cluster, ...Cluster[]];

function fromFile(file: ClusterFile, serviceCIDRs: readonly string[] | undefined): Result<Clusters> {
  const loaded = loadManifests(file, serviceCIDRs === undefined ? {} : { serviceCIDRs });
  return loaded.ok ? ok([{ ...loaded.value, completes: true }]) : loaded;
}

/** Each list is a cluster of its own, the `objects` first if there are any. */
function listed({
  objects,
  steps,
  strict,
}: {
  readonly objects: readonly unknown[] | undefined;
  readonly steps: readonly (readonly unknown[])[] | undefined;
  readonly strict: readonly string[] | undefined;
}): Result<Clusters> {
  const lists = (steps ?? []).map((list, index) => ({ list, path: `steps[${index}]` }));
  if (objects !== undefined && (objects.length > 0 || lists.length === 0)) lists.unshift({ list: objects, path: "objects" });
  const clusters: Cluster[] = [];
  for (const { list, path } of lists) {
    const loaded = loadObjects(list, path, strict === undefined ? {} : { serviceCIDRs: strict });
    if (!loaded.ok) return loaded;
    clusters.push(loaded.value);
  }
  const [first, ...rest] = clusters;
  return first === undefined ? failAt('expected "objects", a list of Kubernetes objects', "objects") : ok([first, ...rest]);
}

/** The ranges that a request names. Without them a file is held against kubeadm's, and a batch's Services stand as given. */
function serviceRanges(request: unknown): readonly string[] | undefined {
  const config = isRecord(request) ? request["config"] : undefined;
  const ranges = isRecord(config) ? config["serviceCIDRs"] : undefined;
  return Array.isArray(ranges) ? ranges.filter((range) => typeof range === "string") : undefined;
}
