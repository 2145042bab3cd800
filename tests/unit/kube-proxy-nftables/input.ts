/** What a sync of nftables mode looks at, from objects. */
import type { EndpointSlice, Service } from "../../../src/cluster/objects";
import type { NftTextInput } from "../../../src/node/agents/kube-proxy/nftables/text";
import type { ProxySettings } from "../../../src/node/agents/kube-proxy/settings";
import { inputOf } from "../kube-proxy/objects";

export function nftInputOf(objects: readonly (Service | EndpointSlice)[], settings: Partial<ProxySettings> = {}): NftTextInput {
  const { view, settings: whole, node } = inputOf(objects, settings);
  return { view, settings: whole, node };
}
