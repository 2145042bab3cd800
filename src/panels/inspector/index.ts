/** What each tab of the inspector shows. */
import type { ReactNode } from "react";
import type { Tab } from "../../store";
import { ConntrackPanel } from "./conntrack-panel";
import { DnsTab } from "./dns-tab";
import { JourneyPanel } from "./journey/journey-panel";
import { NodePanel } from "./node-panel";
import { ObjectPanel } from "./object-panel";
import { RulesPanel } from "./rules-panel";
import { ServicePanel } from "./service-panel";

export const INSPECTOR: Readonly<Partial<Record<Tab, () => ReactNode>>> = {
  journey: JourneyPanel,
  service: ServicePanel,
  rules: RulesPanel,
  dns: DnsTab,
  conntrack: ConntrackPanel,
  node: NodePanel,
  object: ObjectPanel,
};
