/**
 * What kube-proxy answers on a Service's health check node port: whether this node has a ready endpoint of it, so that a
 * balancer sends nothing to nodes that would drop it. Source: pkg/proxy/healthcheck/service_health.go.
 */
import { unreachable } from "../base/assert";
import type { SocketEvent } from "../node/kernel/api";
import type { Action, ProcessInput, Reaction } from "./actions";
import { quiet } from "./actions";

/** The listener of one Service as it stands. */
export interface HealthCheckState {
  readonly program: "health-check";
  readonly port: number;
  readonly namespace: string;
  readonly service: string;
  /** Ready endpoints on this node, as of the last sync. */
  readonly local: number;
}

/** A listener that has yet to start. */
export function makeHealthCheck(spec: Omit<HealthCheckState, "program">): HealthCheckState {
  return { program: "health-check", ...spec };
}

/** Moves it on: it holds nothing of its connections, each is closed with its answer. */
export function healthCheckStep(state: HealthCheckState, input: ProcessInput): Reaction<HealthCheckState> {
  switch (input.kind) {
    case "start":
      return { state, actions: [{ kind: "listenTcp", handle: `${state.port}`, port: state.port }] };
    case "socket":
      return { state, actions: actionsOn(state, input.event) };
    case "signal":
      return { state, actions: [{ kind: "exit" }] };
    case "opened":
    case "timer":
      return quiet(state);
    default:
      return unreachable(input);
  }
}

function actionsOn(state: HealthCheckState, event: SocketEvent): readonly Action[] {
  if (event.kind === "eof") return [{ kind: "closeTcp", socket: event.socket, journey: "" }];
  if (event.kind !== "data") return [];
  return [
    { kind: "sendTcp", socket: event.socket, payload: { kind: "http", text: healthText(state) }, journey: "" },
    { kind: "closeTcp", socket: event.socket, journey: "" },
  ];
}

/** The answer: 200 with at least one ready endpoint here, 503 without. */
export function healthText({ namespace, service, local }: Pick<HealthCheckState, "namespace" | "service" | "local">): string {
  const body = JSON.stringify({ service: { namespace, name: service }, localEndpoints: local, serviceProxyHealthy: true }, null, "\t");
  const head = [
    local > 0 ? "HTTP/1.1 200 OK" : "HTTP/1.1 503 Service Unavailable",
    "Content-Type: application/json",
    "X-Content-Type-Options: nosniff",
    `X-Load-Balancing-Endpoint-Weight: ${local}`,
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
