/** The network map of the shown moment, made once per moment. */
import { useMemo } from "react";
import { useApp } from "../../store";
import type { NetworkMap } from "./network-of";
import { networkMapOf } from "./network-of";

export function useNetworkMap(): NetworkMap {
  const moment = useApp((state) => state.session.moment);
  return useMemo(() => networkMapOf(moment), [moment]);
}
