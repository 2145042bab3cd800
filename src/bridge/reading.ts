/** The reader of YAML: a third of the worker, so it is loaded when the first text is to be read. */
import type * as Load from "../manifests/load";
import type * as Proxy from "../world/questions/kube-proxy-map";

/** Work in slices: each yield says how far it has come. */
export type Work<T> = Generator<{ readonly done: number; readonly total: number }, T, void>;

/** What the reader can do: read manifests, and the configuration in kube-proxy's ConfigMap. */
export type Reading = typeof Load & Pick<typeof Proxy, "proxyConfigIn">;

const loading: { begun: boolean; module: Reading | null; error: string } = { begun: false, module: null, error: "" };

function begin(): void {
  loading.begun = true;
  loading.error = "";
  Promise.all([import("../manifests/load"), import("../world/questions/kube-proxy-map")]).then(
    ([load, { proxyConfigIn }]) => {
      loading.module = { ...load, proxyConfigIn };
    },
    (error: unknown) => {
      loading.error = error instanceof Error ? error.message : "for an unknown reason";
    },
  );
}

/** Waits for the reader, turn by turn: whoever drives this lets other things happen between two turns. */
export function* theReader(): Work<Reading> {
  if (!loading.begun) begin();
  for (;;) {
    if (loading.module !== null) return loading.module;
    if (loading.error !== "") break;
    yield { done: 0, total: 1 };
  }
  loading.begun = false;
  throw new Error(`the reader of YAML could not be loaded: ${loading.error}`);
}
