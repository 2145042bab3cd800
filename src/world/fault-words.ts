/** Faults and delays in words: what the trace says of each, what it is about, what a branch of time is named by it. */
import type { Disturbance, Fault, PodSettings } from "./fault";
import { counted } from "./told";

/** What one does, in a sentence with a point. */
export function sentenceOfDisturbance(command: Disturbance): string {
  switch (command.do) {
    case "crash":
      return crashSentence(command);
    case "probe":
      return command.fails
        ? `You make the program of ${command.name} fail its ${command.probe} probe.`
        : `You let the program of ${command.name} pass its ${command.probe} probe again.`;
    case "freeze":
      return command.frozen
        ? `You make the programs of ${command.name} stand still: connections and datagrams are taken, and nobody answers.`
        : `You let the programs of ${command.name} go on: they take up what has come meanwhile.`;
    case "kubelet":
      return command.runs ? `You start the kubelet of ${command.node}.` : `You stop the kubelet of ${command.node}: its containers run on.`;
    case "kube-proxy":
      return command.runs
        ? `You start the kube-proxy of ${command.node}.`
        : `You stop the kube-proxy of ${command.node}: its rules stay in the kernel as they are.`;
    case "power":
      return command.on ? `You turn ${command.node} on again.` : `You turn ${command.node} off: everything on it ends without a word.`;
    case "network":
      return command.connected
        ? `You plug ${command.node} in again.`
        : `You cut ${command.node} off the network; everything on it runs on.`;
    case "watch":
      return command.connected
        ? `You let the watch of ${command.reader} go on.`
        : `You cut the watch of ${command.reader}: it hears of no change from now on.`;
    case "addresses":
      return command.taken
        ? `You let leaked reservations take every free address of ${command.node}'s Pod range.`
        : `You give the leaked addresses of ${command.node} back.`;
    case "drain":
      return `You drain ${command.node}: it takes no new Pod, and its Pods are evicted.`;
    case "uncordon":
      return `You uncordon ${command.node}: it takes Pods again.`;
    case "watch-delay":
      return `You make every kube-proxy hear of changes ${command.milliseconds} ms later than usual.`;
    case "store-delay":
      return `You make every write to the store take ${command.milliseconds} ms longer.`;
    case "sync-period":
      return `You set minSyncPeriod to ${command.milliseconds} ms: syncs of a kube-proxy begin at least so far apart.`;
    case "pod-settings":
      return `You change the template of ${command.name} (${settingWords(command)}): it rolls out.`;
  }
}

function crashSentence({ name, again }: Extract<Fault, { do: "crash" }>): string {
  if (again === undefined) return `You crash the program of ${name}.`;
  return again ? `You make the program of ${name} crash, and one second after every start again.` : `You mend the program of ${name}.`;
}

function settingWords(command: PodSettings): string {
  const words = [
    secondsWord("preStop sleep", command.preStopSeconds),
    secondsWord("grace", command.graceSeconds),
    secondsWord("readiness period", command.probePeriodSeconds),
    secondsWord("shutdown time", command.shutdownSeconds),
    command.onTerm === undefined ? "" : `on SIGTERM: ${command.onTerm}`,
  ];
  return words.filter((word) => word !== "").join(", ") || "nothing";
}

function secondsWord(what: string, seconds: number | undefined): string {
  return seconds === undefined ? "" : `${what} ${counted(seconds, "second")}`;
}

/** What one is about, as the trace names objects. */
export function targetOfDisturbance(command: Disturbance): string {
  switch (command.do) {
    case "crash":
    case "probe":
    case "freeze":
      return `Pod ${command.name}`;
    case "pod-settings":
      return `Deployment ${command.name}`;
    case "watch":
      return command.reader;
    case "watch-delay":
    case "sync-period":
      return "kube-proxy";
    case "store-delay":
      return "store";
    case "kubelet":
    case "kube-proxy":
    case "power":
    case "network":
    case "addresses":
    case "drain":
    case "uncordon":
      return `Node ${command.node}`;
  }
}

/** `crashing your-app-x`, for the name of a branch of time. */
export function gerundOfDisturbance(command: Disturbance): string {
  switch (command.do) {
    case "crash":
      return command.again === false ? `mending ${bare(command.name)}` : `crashing ${bare(command.name)}`;
    case "probe":
      return `${command.fails ? "failing" : "mending"} the ${command.probe} probe of ${bare(command.name)}`;
    case "freeze":
      return `${command.frozen ? "stopping" : "resuming"} ${bare(command.name)}`;
    case "kubelet":
    case "kube-proxy":
      return `${command.runs ? "starting" : "stopping"} the ${command.do} of ${command.node}`;
    case "power":
      return `turning ${command.node} ${command.on ? "on" : "off"}`;
    case "network":
      return command.connected ? `plugging ${command.node} in` : `cutting ${command.node} off`;
    case "watch":
      return `${command.connected ? "healing" : "cutting"} the watch of ${command.reader}`;
    case "addresses":
      return `${command.taken ? "filling" : "freeing"} the range of ${command.node}`;
    case "drain":
      return `draining ${command.node}`;
    case "uncordon":
      return `uncordoning ${command.node}`;
    case "watch-delay":
      return `setting a watch delay of ${command.milliseconds} ms`;
    case "store-delay":
      return `slowing the store by ${command.milliseconds} ms`;
    case "sync-period":
      return `setting minSyncPeriod to ${command.milliseconds} ms`;
    case "pod-settings":
      return `changing how ${bare(command.name)} ends`;
  }
}

function bare(name: string): string {
  return name.slice(name.indexOf("/") + 1);
}
