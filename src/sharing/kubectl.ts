/**
 * What one would type on a real cluster for each command: `kubectl` where it has a way, else the tool that has, else a
 * remark after `#`. Source: kubectl's own help; kubeadm join; ssh stands for "on that machine".
 */
import { unreachable } from "../base/assert";
import type { Command } from "../bridge/protocol";

/** What a text needs to know of the cluster as it stood before the command. */
export interface Standing {
  /** Labels of the object whose labels change: what goes must be named. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly workers?: number;
  /** The container that a new image is for, where the command names none. */
  readonly container?: string;
}

/** The commands' text, one line; with `\n` where one act takes several. */
export function kubectlOf(command: Command, standing: Standing = {}): string {
  switch (command.do) {
    case "scale":
      return `${inNamespace(command.name)} scale ${target(command.kind, command.name)} --replicas=${command.replicas}`;
    case "delete":
      return deleted(command);
    case "relabel":
      return relabelled(command, standing);
    case "select":
      return `${inNamespace(command.name)} set selector service ${bare(command.name)} ${quoted(pairs(command.selector, ","))}`;
    case "create":
      return `kubectl create -f ${command.object.metadata.name}.yaml`;
    case "apply":
      return `kubectl apply -f ${command.objects.length === 1 ? (command.objects[0]?.metadata.name ?? "objects") : "objects"}.yaml`;
    case "user":
      return `kubectl config use-context ${command.user}@kubernetes`;
    case "roll-out":
    case "roll-back":
    case "pause-rollout":
    case "resume-rollout":
    case "strategy":
      return rolled(command, standing);
    case "request":
    case "lookup":
    case "traffic":
    case "client":
      return asked(command);
    case "corefile":
      return "kubectl -n kube-system create configmap coredns --from-file=Corefile --dry-run=client -o yaml | kubectl apply -f -";
    case "node-local-dns":
      return command.on ? "kubectl apply -f nodelocaldns.yaml" : "kubectl delete -f nodelocaldns.yaml";
    case "proxy-mode":
      return inConfig(`s/mode: .*/mode: ${command.mode}/`);
    case "nodes":
      return resized(command.count, standing.workers ?? command.count);
    default:
      return disturbed(command);
  }
}

type Of<Do extends Command["do"]> = Extract<Command, { readonly do: Do }>;

function bare(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}

/** `kubectl`, with the namespace of a name; a kind without namespaces has none. */
function inNamespace(name: string, kind = ""): string {
  if (kind === "Node" || kind === "Namespace") return "kubectl";
  const slash = name.indexOf("/");
  return `kubectl -n ${slash < 0 ? "default" : name.slice(0, slash)}`;
}

function target(kind: string, name: string): string {
  return `${kind.toLowerCase()}/${bare(name)}`;
}

function pairs(labels: Readonly<Record<string, string>>, by: string): string {
  return Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(by);
}

/** Plain where a shell takes it as it is. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function deleted({ kind, name, gracePeriodSeconds: grace }: Of<"delete">): string {
  const how = grace === undefined ? "" : grace === 0 ? " --grace-period=0 --force" : ` --grace-period=${grace}`;
  return `${inNamespace(name, kind)} delete ${kind.toLowerCase()} ${bare(name)}${how}`;
}

function relabelled({ kind, name, labels }: Of<"relabel">, standing: Standing): string {
  const gone = Object.keys(standing.labels ?? {}).filter((key) => !(key in labels));
  const words = [...Object.entries(labels).map(([key, value]) => quoted(`${key}=${value}`)), ...gone.map((key) => quoted(`${key}-`))];
  return `${inNamespace(name, kind)} label ${kind.toLowerCase()} ${bare(name)} ${words.join(" ")} --overwrite`;
}

function rolled(command: Workload, standing: Standing): string {
  const kubectl = inNamespace(command.name);
  switch (command.do) {
    case "roll-out":
      return rolledOut(command, standing);
    case "roll-back": {
      const to = (command.revision ?? 0) === 0 ? "" : ` --to-revision=${command.revision}`;
      return `${kubectl} rollout undo ${target(command.kind, command.name)}${to}`;
    }
    case "pause-rollout":
      return `${kubectl} rollout pause ${target("Deployment", command.name)}`;
    case "resume-rollout":
      return `${kubectl} rollout resume ${target("Deployment", command.name)}`;
    case "strategy":
      return `${kubectl} patch ${target(command.kind, command.name)} -p ${quoted(JSON.stringify(strategyPatch(command)))}`;
  }
}

function rolledOut({ kind, name, image, container, env, restart }: Of<"roll-out">, standing: Standing): string {
  const [kubectl, what] = [inNamespace(name), target(kind, name)];
  return [
    ...(image === undefined ? [] : [`${kubectl} set image ${what} ${quoted(`${container ?? standing.container ?? "*"}=${image}`)}`]),
    ...(env === undefined
      ? []
      : [
          `${kubectl} set env ${what} ${Object.entries(env)
            .map(([key, value]) => quoted(`${key}=${value}`))
            .join(" ")}`,
        ]),
    ...(restart === true ? [`${kubectl} rollout restart ${what}`] : []),
  ].join("\n");
}

function strategyPatch({ kind, type, maxSurge, maxUnavailable, partition }: Of<"strategy">): unknown {
  const counts = { ...(maxSurge === undefined ? {} : { maxSurge }), ...(maxUnavailable === undefined ? {} : { maxUnavailable }) };
  const rollingUpdate = { ...counts, ...(partition === undefined ? {} : { partition }) };
  const recreates = type === "Recreate" ? { rollingUpdate: null } : Object.keys(rollingUpdate).length === 0 ? {} : { rollingUpdate };
  return { spec: { [kind === "Deployment" ? "strategy" : "updateStrategy"]: { ...(type === undefined ? {} : { type }), ...recreates } } };
}

function asked(command: Ask): string {
  switch (command.do) {
    case "request": {
      const { from = "deploy/my-app", to = "http://your-app-svc", count = 1, gapMs = 100 } = command;
      const one = `${inNamespace(command.from ?? "shop/my-app")} exec ${from.startsWith("deploy/") ? from : bare(from)} -- curl -s ${quoted(to)}`;
      return count === 1 ? one : `for i in $(seq ${count}); do ${one} & sleep ${gapMs / 1000}; done`;
    }
    case "lookup": {
      const from = command.from === undefined ? "deploy/my-app" : bare(command.from);
      const ask = `${inNamespace(command.from ?? "shop/my-app")} exec ${from} --`;
      if (command.type === undefined) return `${ask} getent ahosts ${command.name}`;
      return `${ask} dig ${command.server === undefined ? "" : `@${bare(command.server)} `}${command.name} ${command.type}`;
    }
    case "traffic":
      return command.perSecond === 0
        ? "# the loop of requests ends"
        : `while sleep ${Math.round(1000 / command.perSecond) / 1000}; do curl -s http://your-app-svc & done   # in a Pod of my-app`;
    case "client":
      return command.client === "curl-like"
        ? "# clients: curl, a connection for each request"
        : "# clients: curl URL URL …, one connection kept alive";
  }
}

/** A change of kube-proxy's ConfigMap, and its Pods made anew. */
function inConfig(change: string): string {
  return `kubectl -n kube-system get cm kube-proxy -o yaml | sed ${quoted(change)} | kubectl apply -f -\nkubectl -n kube-system rollout restart ds/kube-proxy`;
}

function resized(count: number, workers: number): string {
  if (count > workers)
    return `kubeadm join 192.168.0.10:6443 --token …   # on ${count - workers === 1 ? "a new machine" : `${count - workers} new machines`}`;
  if (count === workers) return "# as many workers as there are";
  return "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data && kubectl delete node NODE   # each worker that leaves, the last first";
}

type Workload = Of<"roll-out" | "roll-back" | "pause-rollout" | "resume-rollout" | "strategy">;
type Ask = Of<"request" | "lookup" | "traffic" | "client">;
type Write = Of<"scale" | "delete" | "relabel" | "select" | "create" | "apply" | "user">;
/** What breaks and mends. */
type Disturbance = Exclude<Command, Workload | Ask | Write | Of<"proxy-mode" | "nodes" | "corefile" | "node-local-dns">>;

function disturbed(command: Disturbance): string {
  switch (command.do) {
    case "crash":
      return command.again === false ? "# the program holds again" : `${inNamespace(command.name)} exec ${bare(command.name)} -- kill 1`;
    case "probe":
      return `# the program of ${command.name} answers its ${command.probe} probe ${command.fails ? "with 500" : "well again"}`;
    case "freeze":
      return `# on the Pod's node: kill -${command.frozen ? "STOP" : "CONT"} of the processes of ${command.name}`;
    case "kubelet":
      return `ssh ${command.node} sudo systemctl ${command.runs ? "start" : "stop"} kubelet`;
    case "kube-proxy":
      return `# kube-proxy's Pod on ${command.node} ${command.runs ? "runs again" : "is kept from running: its node no longer matches the DaemonSet"}`;
    case "power":
      return command.on ? `# ${command.node} is switched on` : `# ${command.node}'s plug is pulled`;
    case "network":
      return `ssh ${command.node} sudo ip link set eth0 ${command.connected ? "up" : "down"}`;
    case "watch":
      return `# the connection of ${command.reader} to the API server is ${command.connected ? "let through again" : "dropped by a firewall"}`;
    case "addresses":
      return `ssh ${command.node} ${command.taken ? "sudo touch /var/lib/cni/networks/cbr0/ADDRESS   # for every free address" : "sudo rm /var/lib/cni/networks/cbr0/ADDRESS   # the leaked ones"}`;
    case "drain":
      return `kubectl drain ${command.node} --ignore-daemonsets --delete-emptydir-data`;
    case "uncordon":
      return `kubectl uncordon ${command.node}`;
    case "watch-delay":
      return `# the API server's events reach every kube-proxy ${command.milliseconds} ms later`;
    case "store-delay":
      return `# etcd's disk takes ${command.milliseconds} ms more for each write`;
    case "sync-period":
      return inConfig(`s/minSyncPeriod: .*/minSyncPeriod: ${command.milliseconds}ms/`);
    case "pod-settings":
      return `${inNamespace(command.name)} patch deployment/${bare(command.name)} -p ${quoted(JSON.stringify(settingsPatch(command)))}`;
    default:
      return unreachable(command);
  }
}

function settingsPatch({ preStopSeconds, graceSeconds, probePeriodSeconds }: Of<"pod-settings">): unknown {
  const container = {
    name: "main",
    ...(preStopSeconds === undefined
      ? {}
      : { lifecycle: { preStop: preStopSeconds === 0 ? null : { sleep: { seconds: preStopSeconds } } } }),
    ...(probePeriodSeconds === undefined ? {} : { readinessProbe: { periodSeconds: probePeriodSeconds } }),
  };
  const spec = {
    ...(graceSeconds === undefined ? {} : { terminationGracePeriodSeconds: graceSeconds }),
    ...(Object.keys(container).length > 1 ? { containers: [container] } : {}),
  };
  return { spec: { template: { spec } } };
}
