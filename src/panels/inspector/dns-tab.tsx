/** The DNS panel, loaded when its tab is first opened. */
import { lazy, Suspense } from "react";
import type { ReactNode } from "react";
import { Empty } from "./empty";

const DnsPanel = lazy(() => import("./dns-panel"));

export function DnsTab(): ReactNode {
  return (
    <Suspense fallback={<Empty title="The panel is on its way">It is loaded once, when it is first opened.</Empty>}>
      <DnsPanel />
    </Suspense>
  );
}
