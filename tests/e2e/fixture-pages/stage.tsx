/** The stage over fixtures. `?state=NAME&theme=dark&progress=0.4&at=MICROS&view=strip`. */
import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import { createRoot } from "react-dom/client";
import { Stage, Strip } from "../../../src/diagrams";
import "../../../src/styles/tokens.css";
import { flights, traceEvents } from "../../fixtures/view/trace";
import { STATES } from "./stage-states";

const query = new URLSearchParams(location.search);
const theme = query.get("theme") === "dark" ? "dark" : "light";
const make = STATES[query.get("state") ?? "picture"];
const root = document.getElementById("root");

document.documentElement.dataset["theme"] = theme;
document.body.style.margin = "0";
document.body.style.background = "var(--paper)";
document.documentElement.dataset["states"] = Object.keys(STATES).join(" ");

if (root !== null && make !== undefined) {
  const state = make();
  const progress = query.get("progress");
  const at = query.get("at");
  const playhead = {
    ...state.playhead,
    ...(progress === null ? {} : { progress: Number(progress) }),
    ...(at === null ? {} : { at: Number(at) }),
  };
  const parts = { ...state, playhead, selection: null, onSelect: () => undefined, theme, reducedMotion: false } as const;
  const strip = query.get("view") === "strip";
  createRoot(root).render(strip ? <Strip {...state} playhead={playhead} /> : <Stage {...parts} events={traceEvents} flights={flights} />);
}
