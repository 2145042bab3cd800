/** How a Deployment's Pods end and are probed, as a change of its template. A Pod keeps what it was made with, so this rolls out. */
import type { ApiWrite } from "../cluster/api-write";
import type { Container, Deployment } from "../cluster/objects";
import { refOf } from "../cluster/objects";
import { field } from "../node/agents/grace";
import type { PodSettings } from "./fault";
import { refFrom } from "./finding";
import { ON_SIGTERM, SHUTDOWN_SECONDS } from "./programs";
import type { WorldState } from "./state";

/** The patch of the template; null where there is no such Deployment. */
export function templateWith({ store }: WorldState, settings: PodSettings): ApiWrite | null {
  const { namespace, name } = refFrom("Deployment", settings.name);
  const deployment = store.latest().get("Deployment", namespace, name);
  if (deployment === undefined) return null;
  const { graceSeconds } = settings;
  const spec = {
    ...(graceSeconds === undefined ? {} : { terminationGracePeriodSeconds: graceSeconds }),
    containers: deployment.spec.template.spec.containers.map((container) => containerWith(container, settings)),
  };
  const template = { metadata: { annotations: annotationsWith(deployment, settings) }, spec };
  return { verb: "patch", ref: refOf(deployment), patch: { spec: { template } } };
}

function annotationsWith({ spec }: Deployment, { onTerm, shutdownSeconds }: PodSettings): Readonly<Record<string, string>> {
  return {
    ...spec.template.metadata?.annotations,
    ...(onTerm === undefined ? {} : { [ON_SIGTERM]: onTerm }),
    ...(shutdownSeconds === undefined ? {} : { [SHUTDOWN_SECONDS]: `${shutdownSeconds}` }),
  };
}

function containerWith(container: Container, { preStopSeconds, probePeriodSeconds }: PodSettings): Container {
  const { lifecycle: before, ...rest } = container;
  const lifecycle = preStopSeconds === undefined ? before : hooks(before, preStopSeconds);
  return {
    ...rest,
    ...(lifecycle === undefined ? {} : { lifecycle }),
    ...(probePeriodSeconds === undefined ? {} : { readinessProbe: probeWith(container, probePeriodSeconds) }),
  };
}

/** The hooks with a preStop sleep, or without one (0). */
function hooks(before: unknown, seconds: number): unknown {
  const postStart = field(before, "postStart");
  const others = postStart === undefined ? {} : { postStart };
  if (seconds > 0) return { ...others, preStop: { sleep: { seconds } } };
  return postStart === undefined ? undefined : others;
}

/** The readiness probe at another period; a container without one gets a look at its first port. */
function probeWith({ readinessProbe, ports = [] }: Container, periodSeconds: number): unknown {
  if (typeof readinessProbe === "object" && readinessProbe !== null) return { ...readinessProbe, periodSeconds };
  const port = ports[0]?.name ?? ports[0]?.containerPort;
  return { ...(port === undefined ? { exec: { command: ["true"] } } : { httpGet: { path: "/healthz", port } }), periodSeconds };
}
