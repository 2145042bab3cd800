/** An address as its sign, and sentences in which addresses wear it. */
export { Address } from "./address";
export { Sentence } from "./sentence";
