/** What one would type for each command. */
import { describe, expect, it } from "vitest";
import type { Command } from "../../../src/world/command";
import { kubectlOf } from "../../../src/sharing/kubectl";

const name = "shop/your-app";
const SERVICE = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "shop" },
  spec: { ports: [{ port: 80 }] },
} as const;

const SAME: readonly (readonly [Command, string])[] = [
  [{ do: "scale", kind: "Deployment", name, replicas: 6 }, "kubectl -n shop scale deployment/your-app --replicas=6"],
  [{ do: "delete", kind: "Pod", name: "shop/a" }, "kubectl -n shop delete pod a"],
  [{ do: "delete", kind: "Pod", name: "shop/a", gracePeriodSeconds: 0 }, "kubectl -n shop delete pod a --grace-period=0 --force"],
  [{ do: "delete", kind: "Pod", name: "shop/a", gracePeriodSeconds: 5 }, "kubectl -n shop delete pod a --grace-period=5"],
  [{ do: "delete", kind: "Node", name: "node-a" }, "kubectl delete node node-a"],
  [{ do: "relabel", kind: "Pod", name: "shop/a", labels: { app: "b" } }, "kubectl -n shop label pod a app=b old- --overwrite"],
  [{ do: "select", name: "shop/web", selector: { app: "b", tier: "x" } }, "kubectl -n shop set selector service web app=b,tier=x"],
  [{ do: "create", object: SERVICE }, "kubectl create -f web.yaml"],
  [{ do: "apply", objects: [SERVICE] }, "kubectl apply -f web.yaml"],
  [{ do: "apply", objects: [SERVICE, SERVICE] }, "kubectl apply -f objects.yaml"],
  [{ do: "user", user: "jane" }, "kubectl config use-context jane@kubernetes"],
  [{ do: "request", from: "shop/a", to: "http://web" }, "kubectl -n shop exec a -- curl -s http://web"],
  [{ do: "lookup", from: "shop/a", name: "web" }, "kubectl -n shop exec a -- getent ahosts web"],
  [{ do: "lookup", from: "shop/a", name: "web.", type: "SRV", server: "10.96.0.10" }, "kubectl -n shop exec a -- dig @10.96.0.10 web. SRV"],
  [{ do: "nodes", count: 4 }, "kubeadm join 192.168.0.10:6443 --token …   # on 2 new machines"],
  [
    { do: "nodes", count: 1 },
    "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data && kubectl delete node NODE   # each worker that leaves, the last first",
  ],
  [{ do: "drain", node: "node-a" }, "kubectl drain node-a --ignore-daemonsets --delete-emptydir-data"],
  [{ do: "uncordon", node: "node-a" }, "kubectl uncordon node-a"],
  [{ do: "crash", name: "shop/a" }, "kubectl -n shop exec a -- kill 1"],
  [{ do: "kubelet", node: "node-a", runs: false }, "ssh node-a sudo systemctl stop kubelet"],
  [{ do: "network", node: "node-a", connected: false }, "ssh node-a sudo ip link set eth0 down"],
  [
    { do: "proxy-mode", mode: "nftables" },
    "kubectl -n kube-system get cm kube-proxy -o yaml | sed 's/mode: .*/mode: nftables/' | kubectl apply -f -\nkubectl -n kube-system rollout restart ds/kube-proxy",
  ],
  [
    { do: "pod-settings", name, graceSeconds: 60 },
    `kubectl -n shop patch deployment/your-app -p '{"spec":{"template":{"spec":{"terminationGracePeriodSeconds":60}}}}'`,
  ],
];

describe("kubectl's words", () => {
  it.each(SAME)("for %j", (command, words) => {
    expect(kubectlOf(command, { labels: { app: "a", old: "yes" }, workers: 2 })).toBe(words);
  });

  it("are a remark where no tool does it", () => {
    expect(kubectlOf({ do: "watch", reader: "kube-proxy, node-a", connected: false })).toMatch(/^# /);
    expect(kubectlOf({ do: "power", node: "node-a", on: false })).toBe("# node-a's plug is pulled");
  });

  it("quote what a shell would read otherwise", () => {
    expect(kubectlOf({ do: "roll-out", kind: "Deployment", name, env: { A: "it's" } })).toBe(
      String.raw`kubectl -n shop set env deployment/your-app 'A=it'\''s'`,
    );
  });
});
