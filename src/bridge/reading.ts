/** The reader of YAML: a third of the worker, so it is loaded when the first text is to be read. */
import type * as Load from "../manifests/load";
import type * as Proxy from "../world/questions/kube-proxy-map";
import { lazily } from "./lazy";

export type { Work } from "./lazy";

/** What the reader can do: read manifests, and the configuration in kube-proxy's ConfigMap. */
export type Reading = typeof Load & Pick<typeof Proxy, "proxyConfigIn">;

/** Waits for the reader. */
export const theReader = lazily("the reader of YAML", async (): Promise<Reading> => {
  const [load, { proxyConfigIn }] = await Promise.all([import("../manifests/load"), import("../world/questions/kube-proxy-map")]);
  return { ...load, proxyConfigIn };
});
