import { describe, expect, it } from "vitest";
import type { Service } from "../../../src/cluster/objects";
import { legacyEndpoints, MAX_ADDRESSES, showEndpoints } from "../../../src/control-plane/endpoints";
import { pod, service } from "./small-cluster";

const WEB = service("web app=web 80:http");

function shown(pods: readonly string[], of: Service = WEB): string {
  return showEndpoints(legacyEndpoints(of, pods.map(pod)));
}

describe("legacy Endpoints", () => {
  it("read as kubectl prints them: three addresses, then how many more", () => {
    expect(shown([])).toBe("<none>");
    expect(shown(["a app=web @n 10.244.1.3 ready port=http:8080", "b app=web @n 10.244.1.2 ready port=http:8080"])).toBe(
      "10.244.1.2:8080,10.244.1.3:8080",
    );
    expect(shown([2, 3, 4, 5, 6].map((last) => `p${last} app=web @n 10.244.1.${last} ready port=http:8080`))).toBe(
      "10.244.1.2:8080,10.244.1.3:8080,10.244.1.4:8080 + 2 more...",
    );
  });

  it("drop a terminating Pod at once, and keep an unready one aside", () => {
    const pods = [
      "up app=web @n 10.244.1.2 ready port=http:8080",
      "leaving app=web @n 10.244.1.3 ready terminating port=http:8080",
      "starting app=web @n 10.244.1.4 port=http:8080",
    ];
    const [subset] = legacyEndpoints(WEB, pods.map(pod)).subsets ?? [];
    expect(subset?.addresses?.map(({ ip }) => ip)).toEqual(["10.244.1.2"]);
    expect(subset?.notReadyAddresses?.map(({ ip }) => ip)).toEqual(["10.244.1.4"]);
    expect(shown(pods, { ...WEB, spec: { ...WEB.spec, publishNotReadyAddresses: true } })).toBe(
      "10.244.1.2:8080,10.244.1.3:8080,10.244.1.4:8080",
    );
  });

  it("have a subset for each set of resolved ports", () => {
    const pods = [
      "a app=web @n 10.244.1.2 ready port=http:8080",
      "b app=web @n 10.244.1.3 ready port=http:9090",
      "c app=web @n 10.244.1.4 ready",
    ];
    expect(legacyEndpoints(WEB, pods.map(pod)).subsets?.map(({ ports }) => ports?.map(({ port }) => port))).toEqual([[8080], [9090]]);
  });

  it("hold at most a thousand addresses, ready ones first, and say that they are truncated", () => {
    const many = Array.from({ length: 1200 }, (_, index) =>
      pod(`p${index} app=web @n 10.${index >> 8}.${index & 255}.2 ${index < 900 ? "ready" : ""} port=http:8080`),
    );
    const cut = legacyEndpoints(WEB, many);
    const [subset] = cut.subsets ?? [];
    expect([subset?.addresses?.length, subset?.notReadyAddresses?.length]).toEqual([900, MAX_ADDRESSES - 900]);
    expect(cut.metadata.annotations).toEqual({ "endpoints.kubernetes.io/over-capacity": "truncated" });
  });
});
