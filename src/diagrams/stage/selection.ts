/** What can be selected on the stage. The page selects the same thing wherever else it stands. */
export type Selection =
  | { readonly kind: "address"; readonly address: string }
  | { readonly kind: "pod"; readonly namespace: string; readonly name: string }
  | { readonly kind: "node"; readonly name: string }
  | { readonly kind: "service"; readonly namespace: string; readonly name: string };

export type OnSelect = (selection: Selection) => void;

/** Address of a selection, without its port; "" where it is no address. */
export function selectedAddress(selection: Selection | null): string {
  return selection?.kind === "address" ? bareAddress(selection.address) : "";
}

/** `10.244.1.2:80` → `10.244.1.2`. */
export function bareAddress(address: string): string {
  return address.includes(".") ? (address.split(":")[0] ?? address) : address;
}
