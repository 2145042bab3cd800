/** The parts of the Rules tab: by the name that links carry (the text needs none), on the tab, and in words. */
export const PARTS = [
  ["", "Text", "the text that stands on a node"],
  ["changes", "Changes", "what a sync changed"],
  ["chances", "Chances", "how connections are spread, 10,000 at once"],
  ["hooks", "Hooks", "the netfilter hooks and the packet's way"],
  ["cost", "Cost", "what a first packet costs"],
  ["modes", "Modes", "one packet in iptables, nftables and IPVS"],
] as const;

export type Part = (typeof PARTS)[number][0];
