/** The built-in catalogue: data and words only. The objects of a cluster file are made into JSON at build time. */
import twoApps from "virtual:scenario/two-apps";

/** A world to open. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** What one sees in it, in a sentence. */
  readonly about: string;
  /** Objects as the cluster file has them, not yet checked. */
  readonly objects: readonly unknown[];
  /** Who asks whom while nobody acts: a Deployment (`ns/name`) and a URL. */
  readonly traffic: { readonly from: string; readonly to: string; readonly perSecond: number };
}

/** Who asks whom in the main story. */
const MAIN_TRAFFIC = { from: "shop/my-app", to: "http://your-app-svc", perSecond: 1 } as const;

/** All built-in scenarios, in the order in which the page offers them. */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: "two-apps",
    title: "Two apps",
    about: "Pods of my-app call your-app through its Service, on a control plane and two workers.",
    objects: twoApps,
    traffic: MAIN_TRAFFIC,
  },
];

/** A scenario by id. */
export function scenarioOf(id: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.id === id);
}
