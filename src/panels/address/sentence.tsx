/** A plain sentence in which every address wears its pill. */
import type { ReactNode } from "react";
import { Address } from "./address";
import styles from "./address.module.css";

const ADDRESS = /(\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\d/]))/;

const CLOSING = /^[.,;:)]+/;

export function Sentence({ text }: { readonly text: string }): ReactNode {
  // A text split by one capturing group alternates: words at even places, addresses at odd ones.
  const parts = text.split(ADDRESS);
  return parts.map((part, index) => {
    if (index % 2 === 0) return index === 0 ? part : part.replace(CLOSING, "");
    // A full stop stays on the line of its address.
    const closing = CLOSING.exec(parts[index + 1] ?? "")?.[0] ?? "";
    return (
      <span key={`${index} ${part}`} className={styles["together"]}>
        <Address text={part} />
        {closing}
      </span>
    );
  });
}
