/** What the built-in scenarios are called: all that the page needs to offer them. */

/** A scenario as it is offered. */
export interface ScenarioTitle {
  readonly id: string;
  readonly title: string;
  /** What one sees in it, in a sentence. */
  readonly about: string;
}

/** All built-in scenarios, in the order in which the page offers them. */
export const SCENARIO_TITLES = [
  {
    id: "two-apps",
    title: "Two apps",
    about: "Pods of my-app call your-app through its Service, on a control plane and two workers.",
  },
  {
    id: "names",
    title: "One name, ten queries",
    about:
      "The machines' own search list is corp.example, so a Pod's has four entries: www.example.com costs ten queries. CoreDNS runs the add-on's Corefile, which caches everything for up to 30 s.",
  },
  {
    id: "old-kernel",
    title: "The five-second look-up",
    about:
      "The machines run a kernel before 5.0, in which an A and an AAAA query from one socket can meet in conntrack. Now and then one is lost, and the look-up takes five seconds. CoreDNS runs kubeadm's Corefile.",
  },
] as const satisfies readonly ScenarioTitle[];
