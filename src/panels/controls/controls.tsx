/** The left column: what is followed, what can be changed, what can be done. */
import type { ReactNode } from "react";
import { useActions } from "../../store";
import { ActRow } from "../../widgets/button";
import { AskGroup } from "../asking/ask-group";
import { BreakGroup } from "../breaking/break-group";
import { ClientChoice } from "./client-choice";
import "./controls.css";
import { Following } from "./following";
import { ProxyModeChoice } from "./proxy-mode";
import { Replicas } from "./replicas";
import { Traffic } from "./traffic";
import { Speed } from "../timeline/clocks";
import { Workers } from "./workers";

/** `hasSpeed`: where the transport has no room for it. */
export function Controls({ hasSpeed = false }: { readonly hasSpeed?: boolean }): ReactNode {
  const { sendRequest, sendRequests, openDialog } = useActions();
  return (
    <div className="controls">
      <Following />
      <section aria-labelledby="controls-change">
        <h2 id="controls-change">Change</h2>
        <div className="controls-sliders">
          <Replicas />
          <Workers />
          <Traffic />
        </div>
      </section>
      <ClientChoice />
      <ProxyModeChoice />
      {hasSpeed && <Speed />}
      <section aria-labelledby="controls-do">
        <h2 id="controls-do">Do</h2>
        <ActRow onClick={sendRequest}>Send request</ActRow>
        <ActRow onClick={() => sendRequests(10)}>Send 10 requests</ActRow>
        <ActRow onClick={() => openDialog({ kind: "new-service" })}>New Service</ActRow>
        <ActRow onClick={() => openDialog({ kind: "apply-yaml" })}>Apply YAML</ActRow>
        <ActRow onClick={() => openDialog({ kind: "open-yaml" })}>Open YAML</ActRow>
      </section>
      <AskGroup />
      <BreakGroup />
    </div>
  );
}
