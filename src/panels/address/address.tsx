/** An address as it looks everywhere: solid pill on the Pod network, dashed on the Service network, square on the node network. */
import type { ReactNode } from "react";
import type { Network } from "../../diagrams";
import { useActions, useApp } from "../../store";
import styles from "./address.module.css";
import { useNetworks } from "./use-networks";

export interface AddressProps {
  /** `10.244.1.2` or `10.244.1.2:8080`. */
  readonly text: string;
  /** Where the caller knows better than the moment's ranges. */
  readonly network?: Network;
  /** In a rewrite: the value that was, or the one that is now. */
  readonly tone?: "plain" | "was" | "now";
}

/** Selecting it selects the address wherever it stands. */
export function Address({ text, network, tone = "plain" }: AddressProps): ReactNode {
  const networkOf = useNetworks();
  const bare = text.split(":")[0] ?? text;
  const selected = useApp((state) => state.selection.address === bare);
  const { selectAddress } = useActions();
  if (text === "") return null;
  const classes = `address address-${network ?? networkOf(text)} ${styles[tone] ?? ""}`;
  return (
    <button type="button" className={classes} aria-pressed={selected} onClick={() => selectAddress(selected ? null : bare)}>
      {text}
    </button>
  );
}
