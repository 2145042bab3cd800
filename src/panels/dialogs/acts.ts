/** Everything on the buttons of the page, as far as it applies now. */
import type { ClientKind, MomentView, ObjectRef } from "../../bridge/protocol";
import { canStepHop, eventShown, followable, SCENARIO_TITLES, SPEEDS, type Actions, type AppState } from "../../store";
import { nextImage } from "../inspector/rollout/next-image";
import { PARTS } from "../inspector/rules/parts";
import { showWords } from "../in-words/show-words";

export interface FoundCommand {
  readonly id: string;
  readonly words: string;
  readonly kind: string;
  readonly run: (actions: Actions) => void;
}

type Run = FoundCommand["run"];

function act(words: string, run: Run): FoundCommand {
  return { id: words, words, kind: "act", run };
}

/** Acts on the whole page. */
export function* pageActs(state: AppState, isDark: boolean): Generator<FoundCommand> {
  yield* followingActs(state);
  yield* timeActs(state);
  yield act("Send request", (actions) => actions.sendRequest());
  yield act("Send 10 requests", (actions) => actions.sendRequests(10));
  yield* choices(state);
  yield* rulesActs();
  yield act("New Service", (actions) => actions.openDialog({ kind: "new-service" }));
  yield act("Apply YAML", (actions) => actions.openDialog({ kind: "apply-yaml" }));
  yield act("Open YAML", (actions) => actions.openDialog({ kind: "open-yaml" }));
  yield* scenarios(state);
  yield act("As text", showWords);
  yield act("Share", (actions) => actions.openDialog({ kind: "share" }));
  yield act("Export: capture of this journey (pcapng)", (actions) => actions.openDialog({ kind: "export" }));
  yield act("Export: capture of the last seconds (pcapng)", (actions) => actions.openDialog({ kind: "export" }));
  yield act("Export: this network as a Linux lab script (bash)", (actions) => actions.openDialog({ kind: "export" }));
  yield act("Keys", (actions) => actions.openDialog({ kind: "keys" }));
  yield isDark ? act("Light theme", (actions) => actions.setTheme("light")) : act("Dark theme", (actions) => actions.setTheme("dark"));
}

/** The parts of the Rules tab. */
function* rulesActs(): Generator<FoundCommand> {
  for (const [id, name, words] of PARTS) {
    yield act(`Rules, ${name}: ${words}`, (actions) => {
      actions.setTab("rules");
      actions.setPane("rules.part", id);
    });
  }
}

/** The built-in clusters that are not open. */
function* scenarios({ session }: AppState): Generator<FoundCommand> {
  const { source } = session.recording;
  for (const { id, title } of SCENARIO_TITLES) {
    if (source.kind === "scenario" && source.id === id) continue;
    yield act(`Open the scenario “${title}”`, (actions) => actions.openScenario(id));
  }
}

function* followingActs(state: AppState): Generator<FoundCommand> {
  if (state.selection.followed !== null) yield act("Stop following", (actions) => actions.stopFollowing());
  else if (followable(state) !== null) yield act("Follow this request", (actions) => actions.followThis());
}

/** A dialog pauses: what goes on after it counts as playing. */
function* timeActs(state: AppState): Generator<FoundCommand> {
  const { playback, view } = state;
  yield playback.playing || view.resumes ? act("Pause", (actions) => actions.pause()) : act("Play", (actions) => actions.play());
  if (canStepHop(state, -1)) yield act("Previous hop", (actions) => actions.stepHop(-1));
  if (canStepHop(state, 1)) yield act("Next hop", (actions) => actions.stepHop(1));
  if (eventShown(state) >= 0) yield act("Previous event", (actions) => void actions.stepEvent(-1));
  yield act("Next event", (actions) => void actions.stepEvent(1));
  yield act("First event", (actions) => actions.goToStart());
  yield act("Last event", (actions) => actions.goToEnd());
  if (playback.speed < SPEEDS.max) yield act("Speed up: faster", (actions) => actions.faster());
  if (playback.speed > SPEEDS.min) yield act("Speed down: slower", (actions) => actions.slower());
}

const CLIENTS: readonly ClientKind[] = ["curl-like", "browser-like", "jvm-like"];
const MODES: readonly MomentView["proxyMode"][] = ["iptables", "nftables", "ipvs"];

/** The client and the proxy mode that are not chosen. */
function* choices({ session }: AppState): Generator<FoundCommand> {
  const { moment, asked } = session;
  if (moment === null) return;
  for (const client of CLIENTS) {
    if (client === (asked["client"]?.value ?? moment.traffic.client)) continue;
    const shows = { control: "client", value: client };
    yield act(`Client: ${client}`, (actions) => void actions.command({ do: "client", client }, { shows }));
  }
  for (const mode of MODES) {
    if (mode === (asked["proxy mode"]?.value ?? moment.proxyMode)) continue;
    const shows = { control: "proxy mode", value: mode };
    yield act(`Proxy mode: ${mode}`, (actions) => void actions.command({ do: "proxy-mode", mode }, { shows }));
  }
}

/** What the buttons of an object do. */
export function* objectActs(ref: ObjectRef, moment: MomentView): Generator<FoundCommand> {
  const name = ref.namespace === "" ? ref.name : `${ref.namespace}/${ref.name}`;
  const own = (words: string, run: Run): FoundCommand => ({ ...act(words, run), id: `${words} ${ref.kind} ${name}` });
  yield own(`Edit labels of ${ref.name}`, (actions) => actions.openDialog({ kind: "edit-labels", ref }));
  if (ref.kind === "Service") yield own(`Edit selector of ${ref.name}`, (actions) => actions.openDialog({ kind: "edit-selector", ref }));
  if (ref.kind !== "Node")
    yield own(`Delete ${ref.kind} ${ref.name}`, (actions) => void actions.command({ do: "delete", kind: ref.kind, name }));
  if (ref.kind === "Deployment" || ref.kind === "StatefulSet") yield* rolloutActs(ref, moment, own);
}

/** The proposed image goes out, the revision before comes back, a Deployment pauses or goes on. */
function* rolloutActs({ kind, namespace, name }: ObjectRef, moment: MomentView, own: typeof act): Generator<FoundCommand> {
  if (kind !== "Deployment" && kind !== "StatefulSet") return;
  const rows = kind === "Deployment" ? moment.deployments : moment.statefulSets;
  const row = rows.find((one) => one.namespace === namespace && one.name === name);
  if (row === undefined) return;
  const full = `${namespace}/${name}`;
  const image = nextImage(row.image);
  yield own(`Roll out ${name}`, (actions) => void actions.command({ do: "roll-out", kind, name: full, image }));
  yield own(`Roll back ${name}`, (actions) => void actions.command({ do: "roll-back", kind, name: full }));
  yield own(`Restart ${name}`, (actions) => void actions.command({ do: "roll-out", kind, name: full, restart: true }));
  if (kind === "StatefulSet") return;
  yield row.paused
    ? own(`Resume rollout of ${name}`, (actions) => void actions.command({ do: "resume-rollout", name: full }))
    : own(`Pause rollout of ${name}`, (actions) => void actions.command({ do: "pause-rollout", name: full }));
}
