/** What can be searched for and run: acts, objects, requests. */
import type { MomentView, ObjectRef } from "../../bridge/protocol";
import type { AppState } from "../../store";
import { allActs } from "../breaking/acts";
import { objectActs, pageActs, type FoundCommand } from "./acts";

export type { FoundCommand } from "./acts";

/** Most that are listed at a time. */
const MOST = 60;

/** Everything whose words hold all the words that were typed. */
export function findCommands(state: AppState, typed: string, isDark: boolean): readonly FoundCommand[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found: FoundCommand[] = [];
  for (const command of everything(state, isDark)) {
    if (found.length >= MOST) break;
    const text = `${command.words} ${command.kind}`.toLowerCase();
    if (words.every((word) => text.includes(word))) found.push(command);
  }
  return found;
}

function* everything(state: AppState, isDark: boolean): Generator<FoundCommand> {
  const { session } = state;
  yield* pageActs(state, isDark);
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
  const refs = refsOf(moment);
  for (const ref of refs) yield object(ref);
  for (const ref of refs) yield* objectActs(ref, moment);
  const seen = new Set<string>();
  for (const { name, command } of allActs(moment)) {
    if (seen.has(name)) continue;
    seen.add(name);
    yield { id: `break ${name}`, words: name, kind: "fault", run: (actions) => void actions.command(command) };
  }
  for (const request of moment.requests) {
    yield {
      id: `request ${request.id}`,
      words: `Follow request ${request.id} of ${request.client}`,
      kind: request.verdict,
      run: (actions) => actions.follow(request.id, request.startedAt),
    };
  }
}

function refsOf(moment: MomentView): readonly ObjectRef[] {
  return [
    ...moment.services.map(({ namespace, name }) => ({ kind: "Service", namespace, name }) as const),
    ...moment.pods.map(({ namespace, name }) => ({ kind: "Pod", namespace, name }) as const),
    ...moment.nodes.map(({ name }) => ({ kind: "Node", namespace: "", name }) as const),
    ...moment.slices.map(({ namespace, name }) => ({ kind: "EndpointSlice", namespace, name }) as const),
    ...moment.deployments.map(({ namespace, name }) => ({ kind: "Deployment", namespace, name }) as const),
    ...moment.statefulSets.map(({ namespace, name }) => ({ kind: "StatefulSet", namespace, name }) as const),
  ];
}

function object(ref: ObjectRef): FoundCommand {
  return {
    id: `${ref.kind} ${ref.namespace}/${ref.name}`,
    words: ref.name,
    kind: ref.kind,
    run: (actions) => actions.selectObject(ref, true),
  };
}
