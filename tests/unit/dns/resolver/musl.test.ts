import { describe, expect, it } from "vitest";
import type { ResolvConf } from "../../../../src/dns/resolver/conf-file";
import { muslConf } from "../../../../src/dns/resolver/musl";
import { playMusl } from "./play";

const POD: ResolvConf = { nameservers: ["10.96.0.10"], search: ["shop.svc.cluster.local", "svc.cluster.local"], options: ["ndots:5"] };

describe("musl", () => {
  it("stops at a name without data", () => {
    expect(
      playMusl({ conf: POD, name: "pay" }, (_, { name }) => (name === "pay.svc.cluster.local." ? "NODATA" : "NXDOMAIN")).lines.at(-1),
    ).toBe("0s EAI_NODATA");
  });

  it("takes one NXDOMAIN of the two as a missing name", () => {
    expect(
      playMusl({ conf: { ...POD, search: [] }, name: "x." }, (_, { type }) => (type === "A" ? "NXDOMAIN" : "fd00::1")).lines.at(-1),
    ).toBe("0s EAI_NONAME");
  });

  it("never searches a name with ndots dots", () => {
    expect(playMusl({ conf: { ...POD, options: ["ndots:1"] }, name: "a.b" }, () => "NXDOMAIN").state.plan).toEqual(["a.b."]);
  });

  it("asks all servers at once; the first answer counts", () => {
    const conf = { nameservers: ["10.0.0.1", "10.0.0.2"], search: [], options: [] };
    expect(
      playMusl({ conf, name: "x." }, ({ server }, { type }) => (server === "10.0.0.1" ? "lost" : type === "A" ? "10.1.1.1" : "NODATA"))
        .lines,
    ).toEqual([
      "0s 10.0.0.1/udp#0 A x. → lost",
      "0s 10.0.0.1/udp#0 AAAA x. → lost",
      "0s 10.0.0.2/udp#0 A x. → 10.1.1.1",
      "0s 10.0.0.2/udp#0 AAAA x. → NODATA",
      "0s found x. 10.1.1.1",
    ]);
  });

  it("sends only what is missing again after 2.5 s", () => {
    expect(
      playMusl({ conf: { ...POD, search: [] }, name: "x." }, (_, { type, nth }) =>
        nth === 1 ? "lost" : type === "A" ? "10.1.1.1" : "NODATA",
      ).lines,
    ).toEqual([
      "0s 10.96.0.10/udp#0 A x. → 10.1.1.1",
      "0s 10.96.0.10/udp#0 AAAA x. → lost",
      "2.5s 10.96.0.10/udp#0 AAAA x. → NODATA",
      "2.5s found x. 10.1.1.1",
    ]);
  });

  it("gives up after 5 s in all, and does not search on", () => {
    expect(playMusl({ conf: POD, name: "db" }, () => "lost").lines.at(-1)).toBe("5s EAI_AGAIN");
  });

  it("gives every next name its own 5 s", () => {
    expect(playMusl({ conf: POD, name: "db" }, (_, { name }) => (name.startsWith("db.shop") ? "NXDOMAIN" : "lost")).lines.at(-1)).toBe(
      "5s EAI_AGAIN",
    );
  });

  it("treats REFUSED as silence", () => {
    expect(playMusl({ conf: { ...POD, search: [] }, name: "x." }, () => "REFUSED").lines.at(-1)).toBe("5s EAI_AGAIN");
  });

  it("ignores a line of resolv.conf that is too long", () => {
    const search = Array.from({ length: 10 }, (_, index) => `${"a".repeat(30)}${index}.example`);
    expect(muslConf({ ...POD, search }).search).toEqual([]);
    expect(muslConf(POD).search).toEqual(POD.search);
  });
});
