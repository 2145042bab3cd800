import { describe, expect, it } from "vitest";
import { seconds } from "../../../src/engine/time";
import type { BrowserInput, BrowserState } from "../../../src/workloads/browser-like";
import { browserStep, KEEP_ALIVE, makeBrowser } from "../../../src/workloads/browser-like";
import type { CurlState } from "../../../src/workloads/curl-like";
import { curlStep, makeCurl, PATIENCE } from "../../../src/workloads/curl-like";
import type { Url } from "../../../src/workloads/http-text";
import { parseUrl } from "../../../src/workloads/http-text";
import type { ProcessInput } from "../../../src/workloads/actions";
import { CONF, Stage } from "./stage";

const SVC = { "your-app-svc.shop.svc.cluster.local.": ["10.96.120.7"] };

function url(text: string): Url {
  const parsed = parseUrl(text);
  if (!parsed.ok) throw new Error(parsed.problem.message);
  return parsed.value;
}

function curl(to = "http://your-app-svc"): Stage<CurlState, never> {
  const state = makeCurl({ request: 12, url: url(to), conf: CONF, seed: 1, patience: PATIENCE });
  return new Stage(state, (before, input: ProcessInput) => curlStep(before, input)).give({ kind: "start" });
}

function connectedCurl(): Stage<CurlState, never> {
  return curl().dns(SVC).connected();
}

describe("a curl-like client", () => {
  it("looks up, connects, asks, reads, closes and is gone", () => {
    expect(curl().dns(SVC).connected().answer("your-app-1").take()).toEqual([
      "ask 10.96.0.10 A your-app-svc.shop.svc.cluster.local.",
      "ask 10.96.0.10 AAAA your-app-svc.shop.svc.cluster.local.",
      "timer dns 5 s",
      "hear NOERROR A 10.96.120.7",
      "hear NOERROR",
      "connect 10.96.120.7:80",
      "send GET / HTTP/1.1 [request 12 GET]",
      "timer answer 10 s",
      "finished 12: your-app-1 answered, asked as 10.96.120.7:80.",
      "close [request 12 close]",
      "exit",
    ]);
  });

  it("walks the search list for a name with fewer dots than five", () => {
    const other = { "your-app-svc.shop.svc.cluster.local.": ["10.96.120.7"] };
    const asked = curl("http://your-app-svc.shop")
      .dns(other)
      .take()
      .filter((line) => line.includes(" A "));
    expect(asked).toEqual([
      "ask 10.96.0.10 A your-app-svc.shop.shop.svc.cluster.local.",
      "ask 10.96.0.10 A your-app-svc.shop.svc.cluster.local.",
      "hear NOERROR A 10.96.120.7",
    ]);
  });

  it("asks nobody for an address, and connects to the port that the URL names", () => {
    expect(curl("http://10.244.2.3:8080/who").connected().take()).toEqual([
      "connect 10.244.2.3:8080",
      "send GET /who HTTP/1.1 [request 12 GET]",
      "timer answer 10 s",
    ]);
  });

  it("goes on to the next address where one refuses, as for a headless Service", () => {
    const headless = { "web.shop.svc.cluster.local.": ["10.244.1.2", "10.244.2.2"] };
    const stage = curl("http://web").dns(headless).error("ECONNREFUSED").connected();
    expect(stage.take().slice(5)).toEqual([
      "connect 10.244.1.2:80",
      "connect 10.244.2.2:80",
      "send GET / HTTP/1.1 [request 12 GET]",
      "timer answer 10 s",
    ]);
  });

  it.each([
    ["ECONNREFUSED", "10.96.120.7:80 refused the connection."],
    ["ETIMEDOUT", "10.96.120.7:80 did not answer in time: no connection came about."],
    ["EHOSTUNREACH", "10.96.120.7:80 cannot be reached: no route leads there."],
  ] as const)("says what became of it: %s while connecting", (error, sentence) => {
    expect(curl().dns(SVC).error(error).take().slice(-2)).toEqual([`finished 12: ${sentence}`, "exit"]);
  });

  it("says what became of it once connected: reset, or no answer", () => {
    expect(connectedCurl().error("ECONNRESET").take().slice(-2)).toEqual(["finished 12: 10.96.120.7:80 reset the connection.", "exit"]);
    expect(connectedCurl().eof().take().slice(-3)).toEqual([
      "finished 12: 10.96.120.7:80 reset the connection.",
      "close [request 12 close]",
      "exit",
    ]);
    expect(connectedCurl().give({ kind: "timer", timer: "answer", generation: 0 }).take().slice(-3)).toEqual([
      "finished 12: 10.96.120.7:80 took the request and did not answer in time.",
      "abortTcp",
      "exit",
    ]);
  });

  it("tells a name that does not exist from a name server that is silent or refuses", () => {
    expect(curl().dns({}).take().at(-2)).toBe(
      "finished 12: your-app-svc has no address: Name or service not known (asked for your-app-svc.shop.svc.cluster.local, " +
        "your-app-svc.svc.cluster.local, your-app-svc.cluster.local, your-app-svc).",
    );
    const silent = curl();
    for (let generation = 1; generation <= 4; generation += 1) silent.give({ kind: "timer", timer: "dns", generation });
    expect(silent.take().slice(-2)).toEqual(["finished 12: The name server 10.96.0.10 did not answer in time.", "exit"]);
    const refused = curl();
    for (let number = 0; number < 4; number += 1) refused.error("ECONNREFUSED", refused.sockets.get(`dns ${number * 4}`) ?? -1);
    expect(refused.take().slice(-2)).toEqual(["finished 12: 10.96.0.10:53 refused the connection.", "exit"]);
  });

  it("ignores a timer that is not its last", () => {
    const stage = curl();
    const before = stage.state;
    stage.give({ kind: "timer", timer: "dns", generation: 0 });
    expect(stage.state).toEqual(before);
  });
});

function browser(): Stage<BrowserState, BrowserInput> {
  const state = makeBrowser({ url: url("http://your-app-svc"), conf: CONF, patience: PATIENCE, keepAlive: KEEP_ALIVE });
  return new Stage<BrowserState, BrowserInput>(state, browserStep);
}

function asking(request: number): BrowserInput {
  return { kind: "request", request: { request, url: url("http://your-app-svc"), seed: request } };
}

describe("a browser-like client", () => {
  it("looks up and connects once, and sends every request over that one connection", () => {
    const stage = browser().give(asking(1)).dns(SVC).connected().answer("your-app-1");
    expect(stage.take().slice(5)).toEqual([
      "connect 10.96.120.7:80",
      "send GET / HTTP/1.1 [request 1 GET]",
      "timer answer 10 s",
      "timer idle 90 s",
      "finished 1: your-app-1 answered, asked as 10.96.120.7:80.",
    ]);
    expect(stage.give(asking(2)).answer("your-app-1").take()).toEqual([
      "send GET / HTTP/1.1 [request 2 GET]",
      "timer answer 10 s",
      "timer idle 90 s",
      "finished 2: your-app-1 answered, asked as 10.96.120.7:80.",
    ]);
  });

  it("sends one after another, however many are asked of it at once", () => {
    const stage = browser().give(asking(1)).give(asking(2)).dns(SVC).connected();
    expect(stage.take().filter((line) => line.startsWith("send"))).toEqual(["send GET / HTTP/1.1 [request 1 GET]"]);
    expect(
      stage
        .answer("your-app-1")
        .take()
        .filter((line) => line.startsWith("send")),
    ).toEqual(["send GET / HTTP/1.1 [request 2 GET]"]);
  });

  it("makes a new connection, with a new look-up, after the server has closed the old one", () => {
    const stage = browser().give(asking(1)).dns(SVC).connected().answer("your-app-1").eof();
    expect(stage.take().at(-1)).toBe("close []");
    expect(stage.give(asking(2)).dns(SVC).take().at(-1)).toBe("connect 10.96.120.7:80");
  });

  it("repeats a request that met a dead connection, but only one that had served before", () => {
    const stage = browser().give(asking(1)).dns(SVC).connected().answer("your-app-1").give(asking(2)).error("ECONNRESET");
    expect(stage.take().at(-1)).toBe("timer dns 5 s");
    expect(stage.dns(SVC).connected().error("ECONNRESET").take().at(-1)).toBe("finished 2: 10.96.120.7:80 reset the connection.");
  });

  it("closes a connection that nobody has used for a while, and gives a silent one up", () => {
    const idle = browser().give(asking(1)).dns(SVC).connected().answer("your-app-1");
    expect(idle.give({ kind: "timer", timer: "idle", generation: idle.state.timer }).take().at(-1)).toBe("close []");
    const silent = browser().give(asking(1)).dns(SVC).connected();
    expect(silent.give({ kind: "timer", timer: "answer", generation: silent.state.timer }).take().slice(-2)).toEqual([
      "abortTcp",
      "finished 1: 10.96.120.7:80 took the request and did not answer in time.",
    ]);
  });

  it("fails a request whose name does not exist, and tries the next one afresh", () => {
    const stage = browser().give(asking(1)).dns({});
    expect(stage.take().at(-1)).toContain("finished 1: your-app-svc has no address");
    expect(stage.give(asking(2)).dns(SVC).take().at(-1)).toBe("connect 10.96.120.7:80");
  });
});

describe("a URL", () => {
  it.each(["your-app-svc", "https://x", "http://x:0", "http://x:70000", "http://"])("%s is refused with what to write", (text) => {
    const parsed = parseUrl(text);
    expect(parsed.ok ? "" : parsed.problem.message).toBe(
      `"${text}" is no URL that can be asked for; write http://NAME, http://NAME:PORT or http://NAME/PATH`,
    );
  });

  it("has port 80 and path / unless it says otherwise", () => {
    expect(url("http://a")).toMatchObject({ host: "a", port: 80, path: "/" });
    expect(url("http://a:8080/b?c=d")).toMatchObject({ host: "a", port: 8080, path: "/b?c=d" });
    expect(PATIENCE.connect).toBe(seconds(5));
  });
});
