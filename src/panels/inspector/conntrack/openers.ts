/** Which request opened a tracked connection: its client sent the first packet while the request was under way. */
import type { ConntrackShow, PodView, RequestView } from "../../../bridge/protocol";

/** Requests of a client by its address, as far as the page knows them. */
export type RequestsByAddress = ReadonlyMap<string, readonly RequestView[]>;

export function requestsByAddress(pods: readonly PodView[], requests: readonly RequestView[]): RequestsByAddress {
  const addresses = new Map(pods.map((pod) => [pod.uid, pod.address]));
  const found = new Map<string, RequestView[]>();
  for (const request of requests) {
    const address = addresses.get(request.clientUid);
    if (address === undefined || address === "") continue;
    found.set(address, [...(found.get(address) ?? []), request]);
  }
  return found;
}

/** All requests that may have opened it: one, unless a client has several under way at a time. */
export function openersOf({ original, created }: ConntrackShow, requests: RequestsByAddress): readonly RequestView[] {
  return (requests.get(original.src) ?? []).filter(
    ({ startedAt, endedAt }) => startedAt <= created && (endedAt === null || created <= endedAt),
  );
}
