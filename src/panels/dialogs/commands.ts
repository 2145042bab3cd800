/** What can be searched for and run: acts, objects, requests. */
import type { Actions, AppState } from "../../store";

export interface FoundCommand {
  readonly id: string;
  readonly words: string;
  readonly kind: string;
  readonly run: (actions: Actions) => void;
}

/** Most that are listed at a time. */
const MOST = 60;

const ACTS: readonly FoundCommand[] = [
  act("Follow this request", (actions) => actions.followThis()),
  act("Stop following", (actions) => actions.stopFollowing()),
  act("Play", (actions) => actions.play()),
  act("Pause", (actions) => actions.pause()),
  act("Send request", (actions) => actions.sendRequest()),
  act("Send 10 requests", (actions) => actions.sendRequests(10)),
  act("New Service", (actions) => actions.openDialog({ kind: "new-service" })),
  act("Open YAML", (actions) => actions.openDialog({ kind: "open-yaml" })),
  act("Share", (actions) => actions.openDialog({ kind: "share" })),
  act("Export: capture of this journey (pcapng)", (actions) => actions.openDialog({ kind: "export" })),
  act("Keys", (actions) => actions.openDialog({ kind: "keys" })),
  act("First event", (actions) => actions.goToStart()),
  act("Last event", (actions) => actions.goToEnd()),
  act("Light theme", (actions) => actions.setTheme("light")),
  act("Dark theme", (actions) => actions.setTheme("dark")),
];

function act(words: string, run: FoundCommand["run"]): FoundCommand {
  return { id: words, words, kind: "act", run };
}

/** Everything whose words hold all the words that were typed. */
export function findCommands(state: AppState, typed: string): readonly FoundCommand[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found: FoundCommand[] = [];
  for (const command of everything(state)) {
    if (found.length >= MOST) break;
    const text = `${command.words} ${command.kind}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(command);
  }
  return found;
}

function* everything({ session }: AppState): Generator<FoundCommand> {
  yield* ACTS;
  for (const branch of session.branches) {
    if (!branch.current)
      yield {
        id: `branch ${branch.id}`,
        words: `Go to branch “${branch.name}”`,
        kind: "branch",
        run: (actions) => actions.switchBranch(branch.id),
      };
  }
  const moment = session.moment;
  if (moment === null) return;
  for (const { namespace, name } of moment.services) yield object("Service", namespace, name);
  for (const { namespace, name } of moment.pods) yield object("Pod", namespace, name);
  for (const { name } of moment.nodes) yield object("Node", "", name);
  for (const { namespace, name } of moment.slices) yield object("EndpointSlice", namespace, name);
  for (const request of moment.requests) {
    yield {
      id: `request ${request.id}`,
      words: `Follow request ${request.id} of ${request.client}`,
      kind: request.verdict,
      run: (actions) => actions.follow(request.id, request.startedAt),
    };
  }
}

function object(kind: "Service" | "Pod" | "Node" | "EndpointSlice", namespace: string, name: string): FoundCommand {
  return { id: `${kind} ${namespace}/${name}`, words: name, kind, run: (actions) => actions.selectObject({ kind, namespace, name }, true) };
}
