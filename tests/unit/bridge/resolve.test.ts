/** A name asked over the line as a Pod would: every query, from the shown moment, and the run stays as it is. */
import { expect, test } from "vitest";
import { finish } from "../../../src/recording/recording";
import { simTime } from "../../../src/engine/time";
import { twoAppsRecording } from "../../fixtures/world";

test("a name asked as a Pod gives its queries and leaves the run as it was", () => {
  const recording = twoAppsRecording();
  finish(recording.seekTime(simTime(2_000_000)));
  const { pods } = recording.moment({ at: 2_000_000, ahead: 0, follow: null });
  const client = pods.find((pod) => pod.owner === "my-app");
  const hash = recording.hash();
  const resolved = recording.resolve({ from: `shop/${client?.name}`, name: "your-app-svc", libc: "glibc" });
  expect(resolved).toMatchObject({
    ok: true,
    value: {
      queries: [
        { name: "your-app-svc.shop.svc.cluster.local.", type: "A", rcode: "NOERROR" },
        { name: "your-app-svc.shop.svc.cluster.local.", type: "AAAA", rcode: "NOERROR" },
      ],
    },
  });
  expect(recording.hash()).toBe(hash);
  const plain = twoAppsRecording();
  for (const one of [recording, plain]) finish(one.seekTime(simTime(6_000_000)));
  expect(recording.hash()).toBe(plain.hash());
});

test("a Pod that does not exist is a problem that names the nearest", () => {
  const recording = twoAppsRecording();
  const resolved = recording.resolve({ from: "shop/nobody", name: "x", libc: "musl" });
  expect(resolved.ok ? "" : resolved.problem.message).toMatch(/^there is no Pod "shop\/nobody"/);
});

test("the view of the DNS says whose Corefile is in use", () => {
  const recording = twoAppsRecording();
  const { dns } = recording.moment({ at: 0, ahead: 0, follow: null, dns: true });
  expect(dns?.corefileIs).toBe("kubeadm's Corefile: answers about the cluster domain are not cached.");
});
