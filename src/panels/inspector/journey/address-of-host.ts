/** The address by which a host is known in the picture. */
import { useApp } from "../../../store";
import type { HostGroup } from "./grouping";

export function useAddressOf(group: HostGroup): string {
  return useApp((state) => {
    const moment = state.session.moment;
    if (group.isPod) {
      const pod = moment?.pods.find((one) => one.name === group.name);
      return pod?.address ?? "";
    }
    return moment?.nodes.find((node) => node.name === group.name)?.address ?? "";
  });
}
