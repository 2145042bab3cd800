import { describe, expect, it } from "vitest";
import type { Pod, ServicePort } from "../../../src/cluster/objects";
import { isReady, isTerminating, podIP, resolveTargetPort } from "../../../src/cluster/pods";
import { storeFromText } from "../../fixtures/cluster-from-text";

function podOf(line: string): Pod {
  const [pod] = storeFromText(`pod shop/a ${line}`).latest().list("Pod");
  if (pod === undefined) throw new Error("no Pod");
  return pod;
}

describe("a Pod", () => {
  it("is ready, terminating, addressed as its status says", () => {
    const shown = [
      "node-a 10.244.1.2 app=a ready",
      "node-a 10.244.1.2 app=a running",
      "node-a 10.244.1.2 app=a ready terminating",
      "- - app=a",
    ].map((line) => {
      const pod = podOf(line);
      return `${isReady(pod)} ${isTerminating(pod)} ${podIP(pod)}`;
    });
    expect(shown).toEqual(["true false 10.244.1.2", "false false 10.244.1.2", "true true 10.244.1.2", "false false undefined"]);
  });

  it.each<readonly [string, ServicePort, number | null]>([
    ["a number", { port: 80, targetPort: 9000 }, 9000],
    ["nothing: the Service's own port", { port: 80 }, 80],
    ["a name", { port: 80, targetPort: "http" }, 8080],
    ["a name of another protocol", { port: 80, targetPort: "http", protocol: "UDP" }, null],
    ["a name that it has not", { port: 80, targetPort: "web" }, null],
  ])("resolves a targetPort that is %s", (_, port, number) => {
    expect(resolveTargetPort(podOf("node-a 10.244.1.2 app=a ready http=8080"), port)).toBe(number);
  });
});
