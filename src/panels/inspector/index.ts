/** The inspector's panels by tab. */
export { ConntrackPanel } from "./conntrack-panel";
export { DnsPanel } from "./dns-panel";
export { JourneyPanel } from "./journey/journey-panel";
export { NodePanel } from "./node-panel";
export { ObjectPanel } from "./object-panel";
export { RulesPanel } from "./rules-panel";
export { ServicePanel } from "./service-panel";
