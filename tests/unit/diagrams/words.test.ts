import { expect, test } from "vitest";
import { stationWords } from "../../../src/diagrams/stage/words";
import { journey } from "../../fixtures/view/journey";

const ROUTE = "10.244.2.0/24 goes by flannel.1, via 10.244.2.0. TTL 64 becomes 63.";

function wordsOf(sentence: string, room: number): string {
  const [hop] = journey.hops;
  if (hop === undefined) throw new Error("the fixture has hops");
  return stationWords({ ...hop, sentence }, room);
}

test("a station's sentence is whole where it has room", () => {
  expect(wordsOf(ROUTE, 500)).toBe(ROUTE);
});

test("a long one loses its gateway first, then its beginning: what was changed stays", () => {
  expect(wordsOf(ROUTE, 310)).toBe("10.244.2.0/24 goes by flannel.1. TTL 64 becomes 63.");
  expect(wordsOf(ROUTE, 150)).toBe("TTL 64 becomes 63.");
});

test("a single sentence without room ends in an ellipsis", () => {
  expect(wordsOf("conntrack knows the connection: the source is the Service's again.", 150)).toMatch(/^conntrack knows.*…$/u);
});

test("what the station's own name tells is left out", () => {
  expect(wordsOf("KUBE-FORWARD rule 3 accepts the packet.", 158)).toBe("KUBE-FORWARD accepts it.");
  expect(wordsOf("No rule of POSTROUTING rewrites or stops the packet to 10.244.1.2.", 310)).toBe("No rule rewrites or stops it.");
});

test("addresses that the lens shows as old and new need not stand in its sentence", () => {
  const sentence = "The connection is known: conntrack rewrites the destination 10.96.120.7:80 to 10.244.2.3:8080, no nat rule is asked.";
  expect(wordsOf(sentence, 440)).toBe("The connection is known: conntrack rewrites the packet, no nat rule is asked.");
});
