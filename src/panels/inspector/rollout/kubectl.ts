/** The kubectl command that does the same as a command of a rollout. */
import type { Command } from "../../../bridge/protocol";

type Rollout = Extract<Command, { readonly do: "roll-out" | "roll-back" | "pause-rollout" | "resume-rollout" | "strategy" | "scale" }>;

/** One line, or two where a new image and variables go out together. `container`: the one that an image is for. */
export function kubectlRollout(command: Rollout, container: string): string {
  const [namespace, name] = parted(command.name);
  const kubectl = `kubectl -n ${namespace}`;
  const target = `${"kind" in command ? command.kind.toLowerCase() : "deployment"}/${name}`;
  switch (command.do) {
    case "scale":
      return `${kubectl} scale ${target} --replicas=${command.replicas}`;
    case "roll-out":
      return [
        ...(command.image === undefined
          ? []
          : [`${kubectl} set image ${target} ${shell(`${command.container ?? container}=${command.image}`)}`]),
        ...(command.env === undefined
          ? []
          : [
              `${kubectl} set env ${target} ${Object.entries(command.env)
                .map(([key, value]) => shell(`${key}=${value}`))
                .join(" ")}`,
            ]),
        ...(command.restart === true ? [`${kubectl} rollout restart ${target}`] : []),
      ].join("\n");
    case "roll-back":
      return `${kubectl} rollout undo ${target}${command.revision === undefined || command.revision === 0 ? "" : ` --to-revision=${command.revision}`}`;
    case "pause-rollout":
      return `${kubectl} rollout pause ${target}`;
    case "resume-rollout":
      return `${kubectl} rollout resume ${target}`;
    case "strategy":
      return `${kubectl} patch ${target} -p ${shell(JSON.stringify({ spec: strategyOf(command) }))}`;
  }
}

function strategyOf({ kind, type, maxSurge, maxUnavailable, partition }: Extract<Rollout, { do: "strategy" }>): object {
  if (kind === "StatefulSet") return { updateStrategy: { rollingUpdate: { partition } } };
  if (type === "Recreate") return { strategy: { type, rollingUpdate: null } };
  return { strategy: { ...(type === undefined ? {} : { type }), rollingUpdate: { maxSurge, maxUnavailable } } };
}

function parted(full: string): readonly [string, string] {
  const slash = full.indexOf("/");
  return slash < 0 ? ["default", full] : [full.slice(0, slash), full.slice(slash + 1)];
}

/** Quoted where a shell would read more into it than the text. */
function shell(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
