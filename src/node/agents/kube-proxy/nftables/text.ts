/**
 * kube-proxy's table as text: what a sync feeds to the kernel and what the kernel prints back.
 * Source: pkg/proxy/nftables/proxier.go; KEP-3866.
 */
import { scriptText } from "../../../kernel/nftables/script";
import { listText, type NftListing } from "../../../kernel/nftables/show";
import { KUBE_PROXY } from "./object-names";
import type { NftProxyState, NftSyncInput } from "./proxy-state";
import { syncNft } from "./sync";

/** What a first sync looks at. */
export type NftTextInput = Pick<NftSyncInput, "view" | "settings" | "node">;

/** The `nft -f` script of the first full sync of a kube-proxy that starts on a clean kernel. */
export function nftScript(input: NftTextInput): string {
  return transactionText(syncNft(null, input));
}

/** What `nft list ruleset` prints after that sync. */
export function nftListText(input: NftTextInput, listing: NftListing = {}): string {
  return listText(syncNft(null, input).table, listing);
}

/** The script of the sync that led to a state, without the cleanup before it. */
export function transactionText({ operations, table }: NftProxyState): string {
  return scriptText(KUBE_PROXY, operations, table.family);
}

/** The script by which that sync first deleted old stale chains; "" where there were none. */
export function cleanupText({ cleanup, table }: NftProxyState): string {
  return scriptText(KUBE_PROXY, cleanup, table.family);
}
