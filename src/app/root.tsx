/** The page around its state. */
import type { ReactNode } from "react";
import { AppProvider, type App } from "../store";
import { ErrorBoundary } from "./error-boundary";
import { Shell } from "./shell";

export function Root({ app }: { readonly app: App }): ReactNode {
  return (
    <AppProvider app={app}>
      <ErrorBoundary what="The page">
        <Shell />
      </ErrorBoundary>
    </AppProvider>
  );
}
