import { describe, expect, it } from "vitest";
import type { Outcome, Seen } from "../../../src/workloads/verdicts";
import { outcomeOfError, sentenceOf } from "../../../src/workloads/verdicts";

const AT = { address: "10.96.120.7", port: 80 } as const;
const BACKEND = "10.244.2.3:8080";

const CASES: readonly (readonly [Outcome, Seen, string])[] = [
  [
    { verdict: "answered", ...AT, by: "your-app-1", status: 200 },
    { backend: BACKEND },
    "your-app-1 answered from 10.244.2.3:8080, asked as 10.96.120.7:80.",
  ],
  [{ verdict: "refused", ...AT }, { backend: BACKEND }, "10.96.120.7:80 refused the connection: nobody listens on 10.244.2.3:8080."],
  [
    { verdict: "refused", ...AT },
    { backend: BACKEND, lastResort: true },
    "10.96.120.7:80 refused the connection: nobody listens on 10.244.2.3:8080; it is terminating, and rules choose such a one only while none is ready.",
  ],
  [
    { verdict: "refused", ...AT },
    { noEndpoints: "none" },
    "10.96.120.7:80 refused the connection: the Service has no endpoint, and a rule rejects it.",
  ],
  [
    { verdict: "refused", ...AT },
    { noEndpoints: "none known" },
    "10.96.120.7:80 refused the connection: the node's rules know no endpoint and reject it.",
  ],
  [
    { verdict: "timed out", ...AT, waitingFor: "the connection" },
    { backend: BACKEND },
    "10.96.120.7:80 did not answer in time: no connection came about with 10.244.2.3:8080.",
  ],
  [
    { verdict: "timed out", ...AT, waitingFor: "the answer" },
    { backend: BACKEND },
    "10.96.120.7:80 took the request to 10.244.2.3:8080 and did not answer in time.",
  ],
  [
    { verdict: "reset", ...AT },
    { backend: BACKEND, pod: "your-app-1" },
    "10.96.120.7:80 reset the connection: your-app-1 (10.244.2.3:8080) no longer knows it.",
  ],
  [{ verdict: "unreachable", ...AT }, { backend: BACKEND }, "10.96.120.7:80 cannot be reached: nobody answers for 10.244.2.3:8080."],
  [{ verdict: "name not found", name: "nobody", error: "EAI_NONAME", tried: [] }, {}, "nobody has no address: Name or service not known."],
];

describe("how a request ended", () => {
  it.each(CASES)("is said in one sentence with the real names: %j, seen %j", (outcome, seen, sentence) => {
    expect(sentenceOf(outcome, seen)).toBe(sentence);
  });

  it.each([
    ["ECONNREFUSED", false, "refused"],
    ["EPERM", false, "refused"],
    ["EHOSTUNREACH", false, "unreachable"],
    ["ENETUNREACH", false, "unreachable"],
    ["ETIMEDOUT", false, "timed out"],
    ["ECONNRESET", true, "reset"],
    ["EPIPE", true, "reset"],
  ] as const)("follows from the socket's error: %s, connected %s, is %s", (error, connected, verdict) => {
    expect(outcomeOfError(error, { ...AT, connected }).verdict).toBe(verdict);
  });
});
