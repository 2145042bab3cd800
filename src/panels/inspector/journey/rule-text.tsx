/** One rule verbatim, as `iptables-save` or `nft list` prints it, with its deciding parts in bold. */
import type { ReactNode } from "react";
import styles from "./journey.module.css";

const DECIDING = /(! -s \S+|-s \S+|-d \S+|--dport \d+|--probability \S+|-j DNAT|-j MASQUERADE|-j REJECT|-j DROP|--to-destination \S+)/;

const DECIDING_NFT =
  /(ip [sd]addr (?:!= )?[^.\s]\S*|fib [sd]addr type local|vmap @\S+|numgen random mod \d+|dnat to \S+|masquerade|\breject(?= comment |$)|\bdrop(?= comment |$))/;

export function RuleText({ text }: { readonly text: string }): ReactNode {
  return (
    <pre className={styles.rule}>
      {text
        .split(text.startsWith("-A ") ? DECIDING : DECIDING_NFT)
        .map((part, index) => (index % 2 === 1 ? <b key={`${index} ${part}`}>{part}</b> : part))}
    </pre>
  );
}
