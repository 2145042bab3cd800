/** An address as it looks everywhere: solid pill on the Pod network, dashed on the Service network, square on the node network. */
import type { ReactNode } from "react";
import { useActions, useApp } from "../../store";
import styles from "./address.module.css";
import { useNetworkMap } from "./use-network-map";
import { networkOf } from "./network-of";

export interface AddressProps {
  /** `10.244.1.2` or `10.244.1.2:8080`. */
  readonly text: string;
  readonly tone?: "plain" | "was" | "now";
}

/** Selecting it selects the address wherever it stands. */
export function Address({ text, tone = "plain" }: AddressProps): ReactNode {
  const map = useNetworkMap();
  const bare = text.split(":")[0] ?? text;
  const selected = useApp((state) => state.selection.address === bare);
  const { selectAddress } = useActions();
  const classes = [styles.address, styles[networkOf(map, text)], styles[tone], selected ? styles.selected : ""];
  return (
    <button type="button" className={classes.join(" ")} aria-pressed={selected} onClick={() => selectAddress(selected ? null : bare)}>
      {text}
    </button>
  );
}
