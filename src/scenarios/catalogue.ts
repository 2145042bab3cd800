/** The built-in catalogue: data and words only. The objects of a cluster file are made into JSON at build time. */
import twoApps from "virtual:scenario/two-apps";
import { namesObjects } from "./names";
import { oldKernelObjects } from "./old-kernel";
import type { ScenarioTitle } from "./titles";
import { SCENARIO_TITLES } from "./titles";

/** A world to open. */
export interface Scenario extends ScenarioTitle {
  /** Objects as the cluster file has them, not yet checked. */
  readonly objects: readonly unknown[];
  /** Who asks whom while nobody acts: a Deployment (`ns/name`) and a URL. */
  readonly traffic: { readonly from: string; readonly to: string; readonly perSecond: number };
  /** The machines' own /etc/resolv.conf; absent: the standard one, without a search list. */
  readonly nodeResolvConf?: string;
}

/** Who asks whom in the main story. */
const MAIN_TRAFFIC = { from: "shop/my-app", to: "http://your-app-svc", perSecond: 1 } as const;

/**
 * Names of the world outside, as every cluster that the page opens sees it, in zone-file form. Names and addresses are
 * those that stand for no one (RFC 2606, RFC 5737, RFC 3849).
 */
export const OUTSIDE: readonly string[] = [
  "example.com. 300 IN A 192.0.2.80",
  "example.com. 300 IN AAAA 2001:db8::80",
  "www.example.com. 300 IN A 192.0.2.80",
  "www.example.com. 300 IN AAAA 2001:db8::80",
  "api.example.com. 60 IN CNAME www.example.com.",
  'example.com. 3600 IN TXT "v=spf1 -all"',
  "intranet.corp.example. 300 IN A 192.0.2.10",
];

type Id = (typeof SCENARIO_TITLES)[number]["id"];

const WORLDS: Readonly<Record<Id, Omit<Scenario, keyof ScenarioTitle>>> = {
  "two-apps": { objects: twoApps, traffic: MAIN_TRAFFIC },
  names: {
    objects: namesObjects(twoApps),
    traffic: MAIN_TRAFFIC,
    nodeResolvConf: "nameserver 192.168.0.1\nsearch corp.example\n",
  },
  "old-kernel": { objects: oldKernelObjects(twoApps), traffic: MAIN_TRAFFIC },
};

/** All built-in scenarios, in the order in which the page offers them. */
export const SCENARIOS: readonly Scenario[] = SCENARIO_TITLES.map((title) => ({ ...title, ...WORLDS[title.id] }));

/** A scenario by id. */
export function scenarioOf(id: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.id === id);
}
