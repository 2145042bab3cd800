import { describe, expect, it } from "vitest";
import { InWords } from "../../../src/panels/in-words/in-words";
import { journey } from "../../fixtures/view/journey";
import { rowsOf, setup } from "../setup";

const panel = <InWords />;

describe("the text twin", () => {
  it("has a table for every kind of thing, each row led by its name", async () => {
    const { screen } = await setup(panel);
    const tables = screen
      .getAllByRole("table")
      .map(
        (table) =>
          `${table.querySelector("caption")?.textContent}: ${[...table.querySelectorAll("thead th")].map((head) => head.textContent).join(", ")}`,
      );
    expect(tables).toEqual([
      "Workloads: Name, Kind, Ready, Up to date, Available, Revision, Image, Rollout, Namespace, Acts",
      "Pods: Name, Node, Address, State, Ready since, UID, Labels, Namespace, Acts",
      "Services: Name, Namespace, ClusterIP, Ports, Selector, Ready, Matching Pods, Remark, Acts",
      "EndpointSlices: Name, Service, Revision, Ports, Endpoints, As Endpoints",
      "Nodes: Name, Address, Zone, State, Pod range, Used, Free, Last reserved, kube-proxy synced, Lease renewed, On slices of, Behind",
      "Readers: Reader, Revision, Behind, Has read, Watch",
      "Probes and restarts: Pod, Probes, Restarts, Starts again at, Program",
      "How apps end: Deployment, Probe period, preStop, Grace, Shutdown time, On SIGTERM",
      "Requests: Started, Client, To, Answered by, Verdict, How, Missed, Acts",
      "Queries: Number, Asked, Type, Name, Search entry, Outcome, Answer, Answered by, After, Way",
    ]);
  });

  it("says of each Pod what the picture shows", async () => {
    await setup(panel);
    expect(rowsOf("Pods").find((row) => row.startsWith("your-app-m2jcl"))).toMatch(
      /^your-app-m2jcl \| node-b \| 10\.244\.2\.4 \| Running \| 00:12\.131 \| [0-9a-f-]{36} \| app=your-app \| shop \|/,
    );
  });

  it("says how far each reader is behind", async () => {
    await setup(panel);
    expect(rowsOf("Readers")).toContain("kube-proxy, node-b | 410 | 349 ms | Service 412, EndpointSlice 410 | goes on");
  });

  it("tells which moment it is", async () => {
    const { screen, within } = await setup(panel);
    const region = within(screen.getByRole("region", { name: "This moment" }));
    const facts = ["Event", "Cluster time", "Revision", "State hash", "Proxy mode"].map((name) => region.getByLabelText(name).textContent);
    expect(facts).toEqual(["1841", "00:12.480 311", "412", "7c1e04d2a95b3f60", "iptables"]);
  });

  it("says when the hash of the state is there, and of an endpoint only what it has", async () => {
    const { screen, within, transport, state, frames } = await setup(panel);
    const { moment, head } = state().session;
    const slice = moment?.slices[0];
    const endpoint = slice?.endpoints[0];
    if (moment === null || slice === undefined || endpoint === undefined) throw new Error("no slice");
    const slices = [{ ...slice, endpoints: [{ ...endpoint, address: "192.168.0.10", pod: "", node: "" }, endpoint] }];
    transport.say({
      type: "moment",
      id: 99,
      moment: { ...moment, stateHash: "", slices },
      journey: null,
      journeyKey: "",
      branches: [],
      head,
      headEvent: 1,
    });
    await frames();
    expect(within(screen.getByRole("region", { name: "This moment" })).getByLabelText("State hash").textContent).toBe("while paused");
    expect(rowsOf("EndpointSlices")[0]).toContain("| 192.168.0.10, ready; 10.244.1.3 your-app-q8zrt on node-a, ready |");
  });

  it("lists the followed journey hop by hop; the current hop is the step of the moment", async () => {
    const { screen, within, actions, frames } = await setup(panel);
    actions.followThis();
    await frames();
    actions.setLevel("kernel");
    actions.stepHop(1);
    await frames();
    const list = screen.getByRole("list", { name: "Journey" });
    const items = within(list).getAllByRole("listitem");
    expect(items.length).toBe(journey.hops.length);
    expect(items.map((item) => item.getAttribute("aria-current")).indexOf("step")).toBe(1);
    const trap = items.find((item) => item.textContent.includes("KUBE-SERVICES"));
    expect(trap?.textContent).toMatch(/PREROUTING, nat.*destination .* → .*-A KUBE-SERVICES -d /);
  });

  it("deletes a Pod, and opens forms for labels and selectors, from its rows", async () => {
    const { press, commands, state } = await setup(panel);
    await press("Delete Pod your-app-h4wnd");
    await press("Edit labels of your-app-q8zrt");
    const labels = state().view.dialog;
    await press("Edit selector of your-app-svc");
    expect(commands()).toEqual([{ do: "delete", kind: "Pod", name: "shop/your-app-h4wnd" }]);
    expect([labels?.kind, state().view.dialog?.kind]).toEqual(["edit-labels", "edit-selector"]);
  });
});
