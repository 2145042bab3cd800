/** What each tab of the inspector shows. */
import { lazy, type ComponentType } from "react";
import type { Tab } from "../../store";
import { ConntrackPanel } from "./conntrack/conntrack-panel";
import { DnsTab } from "./dns-tab";
import { JourneyPanel } from "./journey/journey-panel";
import { NodePanel } from "./node-panel";
import { ObjectPanel } from "./object-panel";
import { ServicePanel } from "./service-panel";

export const INSPECTOR: Readonly<Partial<Record<Tab, ComponentType>>> = {
  journey: JourneyPanel,
  service: ServicePanel,
  rules: lazy(() => import("./rules/rules-panel")),
  dns: DnsTab,
  conntrack: ConntrackPanel,
  node: NodePanel,
  object: ObjectPanel,
  causes: lazy(() => import("./causes/causes-panel")),
};
