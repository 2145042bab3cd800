/** The right column, or the drawer of tabs: one panel at a time. */
import { Suspense, useEffect, type ReactNode } from "react";
import { Controls } from "../panels/controls/controls";
import { INSPECTOR } from "../panels/inspector";
import { useActions, useApp, type Tab } from "../store";
import { Tabs, type TabItem } from "../widgets/tabs";
import { ErrorBoundary } from "./error-boundary";

const TABS: readonly TabItem<Tab>[] = [
  { id: "journey", label: "Journey" },
  { id: "service", label: "Service" },
  { id: "rules", label: "Rules" },
  { id: "dns", label: "DNS" },
  { id: "conntrack", label: "Conntrack" },
  { id: "node", label: "Node" },
  { id: "object", label: "Object" },
  { id: "causes", label: "Causes" },
];
const CONTROLS: TabItem<Tab> = { id: "controls", label: "Controls" };

export interface InspectorProps {
  /** The left column has no room: Controls is a tab. */
  readonly hasControls: boolean;
  /** The transport has no room: Speed is among the controls. */
  readonly hasSpeed: boolean;
}

export function Inspector({ hasControls, hasSpeed }: InspectorProps): ReactNode {
  const tab = useApp((state) => state.selection.tab);
  const { setTab } = useActions();
  useEffect(() => {
    if (!hasControls && tab === "controls") setTab("journey");
  }, [hasControls, tab, setTab]);
  const Panel = INSPECTOR[tab];
  const items = (hasControls ? [CONTROLS, ...TABS] : TABS).filter((item) => item.id === "controls" || INSPECTOR[item.id] !== undefined);
  return (
    <aside className="inspector" aria-label="Inspector">
      <Tabs label="Inspector" items={items} selected={tab} onSelect={setTab}>
        <ErrorBoundary key={tab} what="This panel">
          {tab === "controls" && <Controls hasSpeed={hasSpeed} />}
          <Suspense>{Panel !== undefined && <Panel />}</Suspense>
        </ErrorBoundary>
      </Tabs>
    </aside>
  );
}
