/** The Service port that parts of the Rules tab ask about; the same in all of them, and in links. */
import { useMemo } from "react";
import type { ServiceView } from "../../../bridge/protocol";
import { serviceShown, useApp, usePane } from "../../../store";

/** A Service's port as it is chosen here. */
export interface PortChoice {
  readonly name: string;
  /** `ns/name`. */
  readonly service: string;
  readonly port: number;
  readonly protocol: string;
}

const NO_SERVICES: readonly ServiceView[] = [];

function portsOf(services: readonly ServiceView[], protocol: string | undefined): readonly PortChoice[] {
  return services.flatMap((service) =>
    service.clusterIP === "" || service.clusterIP === "None"
      ? []
      : service.ports
          .filter((one) => protocol === undefined || one.protocol === protocol)
          .map((one) => {
            const of = `${service.namespace}/${service.name}`;
            return { name: `${of}, ${one.port}/${one.protocol}`, service: of, port: one.port, protocol: one.protocol };
          }),
  );
}

export interface Port {
  /** null where there is none. */
  readonly chosen: PortChoice | null;
  readonly names: readonly string[];
  readonly choose: (name: string) => void;
}

/** The port chosen, else one of the Service that is shown everywhere. */
export function usePort(protocol?: string): Port {
  const services = useApp((state) => state.session.moment?.services ?? NO_SERVICES);
  const shown = useApp(serviceShown);
  const [wanted, choose] = usePane("rules.service");
  const ports = useMemo(() => portsOf(services, protocol), [services, protocol]);
  const usual = ports.find(({ service }) => shown !== null && service === `${shown.namespace}/${shown.name}`) ?? ports[0] ?? null;
  return { chosen: ports.find(({ name }) => name === wanted) ?? usual, names: ports.map(({ name }) => name), choose };
}
