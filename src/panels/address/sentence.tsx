/** A plain sentence in which every address wears its pill. */
import type { ReactNode } from "react";
import { Address } from "./address";

const ADDRESS = /(\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\d/]))/;

export function Sentence({ text }: { readonly text: string }): ReactNode {
  // A text split by one capturing group alternates: words at even places, addresses at odd ones.
  return text.split(ADDRESS).map((part, index) => (index % 2 === 1 ? <Address key={`${index} ${part}`} text={part} /> : part));
}
