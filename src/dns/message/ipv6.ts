/** Addresses as records need them: which type an address belongs to, and its canonical text. */
import { ipv4Number } from "../../network/address";
import { ipv6Groups, ipv6Text } from "../../network/ipv6";

export { ipv6Groups, ipv6Text };

/** The family and canonical text of an address; undefined where the text is no address. */
export function readAddress(text: string): { readonly type: "A" | "AAAA"; readonly address: string } | undefined {
  if (!Number.isNaN(ipv4Number(text))) return { type: "A", address: text };
  const groups = ipv6Groups(text);
  return groups === undefined ? undefined : { type: "AAAA", address: ipv6Text(groups) };
}
