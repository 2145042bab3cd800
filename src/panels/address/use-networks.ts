/** Which network an address belongs to in the shown moment. */
import { useMemo } from "react";
import { networksOf, type NetworkOf } from "../../diagrams";
import { useApp } from "../../store";

/** Before the first moment every address is "other". */
export function useNetworks(): NetworkOf {
  const ranges = useApp((state) => state.session.moment?.ranges);
  const services = useApp((state) => state.session.moment?.services);
  return useMemo(
    () => (ranges === undefined || services === undefined ? () => "other" : networksOf({ ranges, services })),
    [ranges, services],
  );
}
