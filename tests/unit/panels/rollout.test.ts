/** Words and geometry of the rollout's panel. */
import { describe, expect, it } from "vitest";
import { kubectlOf } from "../../../src/sharing/kubectl";
import { nextImage } from "../../../src/panels/inspector/rollout/next-image";
import { stepsOf, summed } from "../../../src/panels/inspector/rollout/chart-scale";

describe("the kubectl command beside an act", () => {
  const name = "shop/your-app";
  it.each([
    [
      { do: "roll-out", kind: "Deployment", name, image: "r.io/a:2" } as const,
      "kubectl -n shop set image deployment/your-app app=r.io/a:2",
    ],
    [
      { do: "roll-out", kind: "Deployment", name, env: { MODE: "very fast" } } as const,
      "kubectl -n shop set env deployment/your-app 'MODE=very fast'",
    ],
    [{ do: "roll-out", kind: "StatefulSet", name, restart: true } as const, "kubectl -n shop rollout restart statefulset/your-app"],
    [{ do: "roll-back", kind: "Deployment", name } as const, "kubectl -n shop rollout undo deployment/your-app"],
    [
      { do: "roll-back", kind: "Deployment", name, revision: 2 } as const,
      "kubectl -n shop rollout undo deployment/your-app --to-revision=2",
    ],
    [{ do: "pause-rollout", name } as const, "kubectl -n shop rollout pause deployment/your-app"],
    [{ do: "resume-rollout", name: "web" } as const, "kubectl -n default rollout resume deployment/web"],
    [
      { do: "strategy", kind: "Deployment", name, maxSurge: "50%", maxUnavailable: 0 } as const,
      `kubectl -n shop patch deployment/your-app -p '{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"50%","maxUnavailable":0}}}}'`,
    ],
    [
      { do: "strategy", kind: "Deployment", name, type: "Recreate" } as const,
      `kubectl -n shop patch deployment/your-app -p '{"spec":{"strategy":{"type":"Recreate","rollingUpdate":null}}}'`,
    ],
    [
      { do: "strategy", kind: "StatefulSet", name, partition: 2 } as const,
      `kubectl -n shop patch statefulset/your-app -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":2}}}}'`,
    ],
    [{ do: "scale", kind: "StatefulSet", name, replicas: 3 } as const, "kubectl -n shop scale statefulset/your-app --replicas=3"],
  ])("%j", (command, words) => {
    expect(kubectlOf(command, { container: "app" })).toBe(words);
  });
});

describe("the image proposed for the next rollout", () => {
  it.each([
    ["registry.example/your-app:1.0", "registry.example/your-app:1.1"],
    ["registry.example:5000/your-app", "registry.example:5000/your-app:2"],
    ["nginx:1.29-alpine", "nginx:1.30-alpine"],
    ["app:latest", "app:latest-2"],
    ["app:v9", "app:v10"],
  ])("after %s is %s", (image, next) => {
    expect(nextImage(image)).toBe(next);
  });
});

describe("counts over time", () => {
  const old = [
    { at: 0, count: 3 },
    { at: 40, count: 0 },
  ];
  const fresh = [{ at: 10, count: 1 }];

  it("add up at each moment at which one of them changes", () => {
    expect(summed([old, fresh])).toEqual([
      { at: 0, count: 3 },
      { at: 10, count: 4 },
      { at: 40, count: 1 },
    ]);
  });

  it("hold until the next one, and the last until the shown moment", () => {
    expect(stepsOf({ from: 0, to: 100 }, old, 80)).toEqual([
      { from: 0, to: 0.4, count: 3 },
      { from: 0.4, to: 0.8, count: 0 },
    ]);
  });
});
