/** The page's entry: joins the state to the worker, the address and the frames, and draws it. */
import "./styles/tokens.css";
import "./styles/fonts.css";
import "./styles/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { workerTransport } from "./bridge/client";
import { runFrames } from "./app/frames";
import { openFromAddress, START } from "./app/opening";
import { applyPreferences, readPreferences } from "./app/preferences";
import { Root } from "./app/root";
import { makeApp } from "./store";

const motion = matchMedia("(prefers-reduced-motion: reduce)");
const app = makeApp({ connect: workerTransport, recording: START, systemReducesMotion: motion.matches, preferences: readPreferences() });

motion.addEventListener("change", () => app.actions.setSystemReducesMotion(motion.matches));
applyPreferences(app);
runFrames(app);
openFromAddress(app);

const place = document.getElementById("root");
if (place === null) throw new Error("invariant broken: index.html has no root element");
createRoot(place).render(
  <StrictMode>
    <Root app={app} />
  </StrictMode>,
);
