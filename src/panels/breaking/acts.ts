/** What can be broken and mended now, each as a command with its words and what it will do in one line. */
import type { Command, DisturbancesView, MomentView, NodeView, PodView } from "../../bridge/protocol";

export interface BreakAct {
  /** On the button; the thing's name beside it stands in `name`. */
  readonly words: string;
  /** The button's full name. */
  readonly name: string;
  /** What it will do. */
  readonly hint: string;
  readonly command: Command;
}

type Troubled = DisturbancesView["pods"][number];
type Broken = DisturbancesView["nodes"][number];

const WHOLE: Omit<Broken, "node"> = { kubeletStopped: false, proxyStopped: false, off: false, cutOff: false, addressesTaken: false };

function act(words: string, of: string, hint: string, command: Command): BreakAct {
  return { words, name: of === "" ? words : `${words} of ${of}`, hint, command };
}

function brokenOf({ disturbances }: MomentView, node: string): Omit<Broken, "node"> {
  return disturbances.nodes.find((one) => one.node === node) ?? WHOLE;
}

function troubledOf({ disturbances }: MomentView, pod: string): Troubled | undefined {
  return disturbances.pods.find((one) => one.pod === pod);
}

/** Everything that can be done to a node; a fault that it has is offered to be mended. */
export function nodeActs(moment: MomentView, { name, controlPlane, unschedulable }: NodeView): readonly BreakAct[] {
  const { kubeletStopped, proxyStopped, off, cutOff, addressesTaken } = brokenOf(moment, name);
  const power: readonly BreakAct[] = controlPlane
    ? []
    : [
        off
          ? {
              words: "Turn on",
              name: `Turn on ${name}`,
              hint: "It boots in 10 s, its kernel empty.",
              command: { do: "power", node: name, on: true },
            }
          : {
              words: "Turn off",
              name: `Turn off ${name}`,
              hint: "All on it ends without a word.",
              command: { do: "power", node: name, on: false },
            },
      ];
  if (off) return power;
  return [
    kubeletStopped
      ? act("Start kubelet", name, "It takes its Pods up again.", { do: "kubelet", node: name, runs: true })
      : act("Stop kubelet", name, "Pods run on, its lease runs out.", { do: "kubelet", node: name, runs: false }),
    proxyStopped
      ? act("Start kube-proxy", name, "It writes all rules anew.", { do: "kube-proxy", node: name, runs: true })
      : act("Stop kube-proxy", name, "Its rules stay, and grow old.", { do: "kube-proxy", node: name, runs: false }),
    ...(controlPlane ? [] : [cable(name, cutOff)]),
    ...power,
    addressesTaken
      ? act("Free addresses", name, "New Pods can start again.", { do: "addresses", node: name, taken: false })
      : act("Fill address range", name, "New Pods get no sandbox there.", { do: "addresses", node: name, taken: true }),
    unschedulable
      ? { words: "Uncordon", name: `Uncordon ${name}`, hint: "It takes new Pods again.", command: { do: "uncordon", node: name } }
      : { words: "Drain", name: `Drain ${name}`, hint: "No new Pod, its Pods are evicted.", command: { do: "drain", node: name } },
  ];
}

function cable(node: string, cutOff: boolean): BreakAct {
  return cutOff
    ? {
        words: "Plug in",
        name: `Plug in ${node}`,
        hint: "It catches up with what it missed.",
        command: { do: "network", node, connected: true },
      }
    : {
        words: "Cut off",
        name: `Cut off ${node}`,
        hint: "It runs on, but nobody reaches it.",
        command: { do: "network", node, connected: false },
      };
}

/** Everything that can be done to a Pod. */
export function podActs(moment: MomentView, { namespace, name: pod }: PodView): readonly BreakAct[] {
  const name = `${namespace}/${pod}`;
  const troubled = troubledOf(moment, name);
  const own = (words: string, hint: string, command: Command): BreakAct => ({ words, name: `${words}: ${pod}`, hint, command });
  return [
    own("Crash", "Exit code 1, then a restart.", { do: "crash", name }),
    troubled?.crashes === true
      ? own("Stop crashing", "Its next start lasts.", { do: "crash", name, again: false })
      : own("Crash again and again", "Restarts 10, 20, 40 s … 5 min apart.", { do: "crash", name, again: true }),
    troubled?.frozen === true
      ? own("Resume", "It takes up what has come meanwhile.", { do: "freeze", name, frozen: false })
      : own("Freeze", "Takes connections, never answers.", { do: "freeze", name, frozen: true }),
    ...probeActs(troubled, own, name),
    own("Delete with grace", "SIGTERM, its grace, then SIGKILL.", { do: "delete", kind: "Pod", name }),
    own("Delete at once", "Gone from the API while it still runs.", { do: "delete", kind: "Pod", name, gracePeriodSeconds: 0 }),
  ];
}

function probeActs(
  troubled: Troubled | undefined,
  own: (words: string, hint: string, command: Command) => BreakAct,
  name: string,
): readonly BreakAct[] {
  return (troubled?.probes ?? []).map((probe) =>
    troubled?.failing.includes(probe) === true
      ? own(`Mend ${probe} probe`, "The next looks succeed.", { do: "probe", name, probe, fails: false })
      : own(`Fail ${probe} probe`, "The program works, but says no.", { do: "probe", name, probe, fails: true }),
  );
}

/** What can be done to a reader's watch. */
export function watchActs({ disturbances }: MomentView, reader: string): readonly BreakAct[] {
  return [
    disturbances.cutWatches.includes(reader)
      ? {
          words: "Heal the watch",
          name: `Heal the watch of ${reader}`,
          hint: "It catches up, in order.",
          command: { do: "watch", reader, connected: true },
        }
      : {
          words: "Cut the watch",
          name: `Cut the watch of ${reader}`,
          hint: "It hears of no change from then on.",
          command: { do: "watch", reader, connected: false },
        },
  ];
}

/** Everything that can be done to any node, Pod or watch: for whoever searches. */
export function* allActs(moment: MomentView): Generator<BreakAct> {
  for (const { mend } of troubles(moment)) yield mend;
  for (const node of moment.nodes) yield* nodeActs(moment, node);
  for (const pod of moment.pods) yield* podActs(moment, pod);
  for (const { reader } of moment.readers) yield* watchActs(moment, reader);
}

/** One thing that is broken, in words, and the act that mends it. */
export interface Trouble {
  readonly words: string;
  readonly mend: BreakAct;
}

/** All that is broken. */
export function troubles(moment: MomentView): readonly Trouble[] {
  const { nodes, pods, cutWatches } = moment.disturbances;
  return [
    ...nodes.flatMap((broken) => nodeTroubles(moment, broken)),
    ...pods.flatMap((troubled) => podTroubles(moment, troubled)),
    ...cutWatches.flatMap((reader) => watchActs(moment, reader).map((mend) => ({ words: `The watch of ${reader} is cut`, mend }))),
  ];
}

function nodeTroubles(moment: MomentView, broken: Broken): readonly Trouble[] {
  const node = moment.nodes.find((one) => one.name === broken.node);
  if (node === undefined) return [];
  const acts = nodeActs(moment, node);
  const by = (is: boolean, words: string, button: string): readonly Trouble[] => {
    const mend = acts.find((one) => one.words === button);
    return is && mend !== undefined ? [{ words, mend }] : [];
  };
  const { name } = node;
  return [
    ...by(broken.off, `${name} is off`, "Turn on"),
    ...by(broken.kubeletStopped, `The kubelet of ${name} does not run`, "Start kubelet"),
    ...by(broken.proxyStopped, `The kube-proxy of ${name} does not run`, "Start kube-proxy"),
    ...by(broken.cutOff, `${name} is cut off`, "Plug in"),
    ...by(broken.addressesTaken, `${name} has no free address`, "Free addresses"),
  ];
}

function podTroubles(moment: MomentView, troubled: Troubled): readonly Trouble[] {
  const pod = moment.pods.find((one) => `${one.namespace}/${one.name}` === troubled.pod);
  if (pod === undefined) return [];
  const mends = podActs(moment, pod).filter(({ command }) => isMending(command));
  return mends.map((mend) => ({ words: troubleWords(pod.name, mend.command), mend }));
}

function isMending(command: Command): boolean {
  if (command.do === "crash") return command.again === false;
  if (command.do === "freeze") return !command.frozen;
  return command.do === "probe" && !command.fails;
}

function troubleWords(pod: string, command: Command): string {
  if (command.do === "crash") return `${pod} crashes again and again`;
  if (command.do === "freeze") return `${pod} stands still`;
  return command.do === "probe" ? `${pod} fails its ${command.probe} probe` : pod;
}
