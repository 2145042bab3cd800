/** Rollouts as people order them: out, back, paused, resumed, in another way. */
import { describe, expect, test } from "vitest";
import type { Command } from "../../../src/world/command";
import type { World } from "../../../src/world/world";
import { conditionsOf, play, setsOf } from "../../fixtures/rollout";
import { twoApps } from "../../fixtures/world";

const APP = "shop/your-app";

function quiet(): World {
  return twoApps({ perSecond: 0 });
}

function out(image: string): Command {
  return { do: "roll-out", kind: "Deployment", name: APP, image };
}

function refusal(world: World, command: Command): string {
  const checked = world.check(command);
  return checked.ok ? "" : checked.problem.message;
}

function podImages(world: World): readonly string[] {
  return world.inside.state.store
    .latest()
    .list("Pod")
    .filter(({ metadata }) => metadata.labels?.["app"] === "your-app" && metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.containers[0]?.image ?? "");
}

describe("rolling out", () => {
  test("a new image makes a new ReplicaSet, and every Pod is replaced", () => {
    const world = quiet();
    play(world, [[1, out("your-app:2")]], 30);
    expect(setsOf(world, APP)).toBe("1: 0, 2: 3");
    expect(podImages(world)).toEqual(["your-app:2", "your-app:2", "your-app:2"]);
    expect(conditionsOf(world, APP)).toEqual(["Available True (MinimumReplicasAvailable)", "Progressing True (NewReplicaSetAvailable)"]);
  });

  test("environment variables and a restart change the template as well, and keep what they do not name", () => {
    const world = quiet();
    play(
      world,
      [
        [1, { do: "roll-out", kind: "Deployment", name: APP, env: { MODE: "fast" } }],
        [20, { do: "roll-out", kind: "Deployment", name: APP, restart: true }],
      ],
      50,
    );
    const template = world.inside.state.store.latest().get("Deployment", "shop", "your-app")?.spec.template;
    expect(template?.metadata?.annotations).toEqual({ "kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:20Z" });
    expect(template?.spec.containers[0]?.env).toEqual([{ name: "MODE", value: "fast" }]);
    expect(setsOf(world, APP)).toBe("1: 0, 2: 0, 3: 3");
  });

  test("says what cannot be rolled out, in kubectl's words where it has them", () => {
    const world = quiet();
    const image = world.inside.state.store.latest().get("Deployment", "shop", "your-app")?.spec.template.spec.containers[0]?.image ?? "";
    expect(refusal(world, out(image))).toBe("shop/your-app has this template already, so there is nothing to roll out");
    expect(refusal(world, { do: "roll-out", kind: "Deployment", name: APP })).toMatch(/^nothing to roll out is named/);
    expect(refusal(world, { do: "roll-out", kind: "Deployment", name: APP, image: "x", container: "side" })).toBe(
      'unable to find container named "side"',
    );
    expect(refusal(world, { do: "roll-out", kind: "Deployment", name: "shop/yourapp", image: "x" })).toBe(
      "there is no Deployment shop/yourapp; the nearest is shop/your-app",
    );
  });
});

describe("rolling back", () => {
  test("takes the template of the revision before, whose ReplicaSet becomes the newest revision", () => {
    const world = quiet();
    const before = podImages(world)[0];
    play(
      world,
      [
        [1, out("your-app:2")],
        [20, { do: "roll-back", kind: "Deployment", name: APP }],
      ],
      50,
    );
    expect(setsOf(world, APP)).toBe("2: 0, 3: 3");
    expect(new Set(podImages(world))).toEqual(new Set([before]));
    const view = world.inside.state.store.latest();
    const old = view.list("ReplicaSet").find(({ metadata }) => metadata.annotations?.["deployment.kubernetes.io/revision"] === "3");
    expect(old?.metadata.annotations?.["deployment.kubernetes.io/revision-history"]).toBe("1");
    expect(view.get("Deployment", "shop", "your-app")?.metadata.annotations?.["deployment.kubernetes.io/revision"]).toBe("3");
  });

  test("goes to a revision by its number", () => {
    const world = quiet();
    play(
      world,
      [
        [1, out("your-app:2")],
        [20, out("your-app:3")],
        [40, { do: "roll-back", kind: "Deployment", name: APP, revision: 2 }],
      ],
      60,
    );
    expect(setsOf(world, APP)).toBe("1: 0, 3: 0, 4: 3");
    expect(new Set(podImages(world))).toEqual(new Set(["your-app:2"]));
  });

  test("says what cannot be rolled back to", () => {
    const world = quiet();
    const back = (revision?: number): Command => ({
      do: "roll-back",
      kind: "Deployment",
      name: APP,
      ...(revision === undefined ? {} : { revision }),
    });
    expect(refusal(world, back())).toBe('no rollout history found for deployment "your-app"');
    expect(refusal(world, back(7))).toBe("unable to find specified revision 7 in history");
    expect(refusal(world, back(1))).toBe("skipped rollback (current template already matches revision 1)");
    play(world, [[1, { do: "pause-rollout", name: APP }]], 2);
    expect(refusal(world, back(1))).toMatch(/^cannot rollback a paused deployment/);
  });
});

describe("a paused rollout", () => {
  test("changes no Pod until it is resumed, says so, and can still be scaled", () => {
    const world = quiet();
    play(
      world,
      [
        [1, { do: "pause-rollout", name: APP }],
        [2, out("your-app:2")],
        [4, { do: "scale", kind: "Deployment", name: APP, replicas: 5 }],
      ],
      15,
    );
    expect(setsOf(world, APP)).toBe("1: 5");
    expect(conditionsOf(world, APP)).toContain("Progressing Unknown (DeploymentPaused)");
    expect(refusal(world, { do: "pause-rollout", name: APP })).toBe('deployments.apps "your-app" is already paused');
    play(world, [[16, { do: "resume-rollout", name: APP }]], 50);
    expect(setsOf(world, APP)).toBe("1: 0, 2: 5");
    expect(refusal(world, { do: "resume-rollout", name: APP })).toBe('deployments.apps "your-app" is not paused');
  });

  test("in the middle keeps both templates' Pods", () => {
    const world = quiet();
    play(
      world,
      [
        [1, { do: "strategy", kind: "Deployment", name: APP, maxSurge: 1, maxUnavailable: 0 }],
        [2, out("your-app:2")],
        [2.5, { do: "pause-rollout", name: APP }],
      ],
      30,
    );
    expect(setsOf(world, APP)).toBe("1: 3, 2: 1");
  });
});

describe("another strategy", () => {
  test("Recreate lets the last old Pod go before the first new one comes", () => {
    const world = quiet();
    const events = play(
      world,
      [
        [1, { do: "strategy", kind: "Deployment", name: APP, type: "Recreate" }],
        [2, out("your-app:2")],
      ],
      30,
    );
    expect(setsOf(world, APP)).toBe("1: 0, 2: 3");
    const lastGone = events.findLastIndex(({ sentence }) => /^Pod shop\/your-app-\S+ is Succeeded/.test(sentence));
    const firstMade = events.findIndex(({ sentence }) => /^Pod shop\/your-app-\S+ is stored/.test(sentence));
    expect(lastGone).toBeGreaterThan(-1);
    expect(firstMade).toBeGreaterThan(lastGone);
  });

  test("is refused where the API refuses it", () => {
    const world = quiet();
    const strategy = (more: object): Command => ({ do: "strategy", kind: "Deployment", name: APP, ...more });
    expect(refusal(world, strategy({ maxSurge: 0, maxUnavailable: 0 }))).toContain(
      "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
    );
    expect(refusal(world, strategy({ maxSurge: "many" }))).toContain("a valid percent string must be a numeric string");
    expect(refusal(world, strategy({ maxUnavailable: "120%" }))).toContain("must not be greater than 100%");
  });
});

test("a rollout that cannot go on is reported after its deadline, and goes on when it can", () => {
  const world = quiet();
  const node = (unschedulable: boolean): Command => ({
    do: "apply",
    objects: [{ apiVersion: "v1", kind: "Node", metadata: { name: "node-a" }, spec: { unschedulable } }],
  });
  play(
    world,
    [
      [1, deadline(world, 20)],
      [2, { do: "nodes", count: 1 }],
      [21, node(true)],
      [22, out("your-app:2")],
    ],
    60,
  );
  expect(conditionsOf(world, APP)).toContain("Progressing False (ProgressDeadlineExceeded)");
  play(world, [[61, node(false)]], 400);
  expect(conditionsOf(world, APP)).toContain("Progressing True (NewReplicaSetAvailable)");
  expect(setsOf(world, APP)).toBe("1: 0, 2: 3");
});

function deadline(world: World, progressDeadlineSeconds: number): Command {
  const deployment = world.inside.state.store.latest().get("Deployment", "shop", "your-app");
  if (deployment === undefined) throw new Error("your-app stands");
  const { apiVersion, kind, spec } = deployment;
  return {
    do: "apply",
    objects: [{ apiVersion, kind, metadata: { name: "your-app", namespace: "shop" }, spec: { ...spec, progressDeadlineSeconds } }],
  };
}
