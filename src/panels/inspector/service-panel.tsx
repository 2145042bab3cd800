/** A Service: the front end that stays (name, address, port) and the back end that moves (selector, Pods, slices). */
import type { ReactNode } from "react";
import type { EndpointView, MomentView, PodView, ServiceView, SliceView } from "../../bridge/protocol";
import { serviceShown, showMillis, useActions, useApp } from "../../store";
import { Address } from "../address/address";
import { ThenAndNow } from "../then-and-now/then-and-now";
import { Choose } from "./choose";
import { Empty } from "./empty";
import styles from "./inspector.module.css";
import { PodSign } from "./pod-sign";

const nameOf = (service: ServiceView): string => `${service.namespace}/${service.name}`;

function selectorText(service: ServiceView): string {
  return Object.entries(service.selector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
}

function FrontEnd({ service }: { readonly service: ServiceView }): ReactNode {
  return (
    <section>
      <h3>Front end, stays for the life of the object</h3>
      <dl className={styles.facts}>
        <dt>Name</dt>
        <dd>
          {service.name} <span className={styles.quiet}>in {service.namespace}</span>
        </dd>
        <dt>ClusterIP</dt>
        <dd>{service.clusterIP === "None" || service.clusterIP === "" ? "none" : <Address text={service.clusterIP} />}</dd>
        {service.ports.map((port) => (
          <div key={`${port.name} ${port.port} ${port.protocol}`} style={{ display: "contents" }}>
            <dt>{port.name === "" ? "Port" : `Port ${port.name}`}</dt>
            <dd>
              {port.port}/{port.protocol} <span className={styles.quiet}>to targetPort</span> {port.targetPort}
            </dd>
          </div>
        ))}
        <dt>Since</dt>
        <dd className={styles.mono}>{showMillis(service.createdAt)}</dd>
      </dl>
      <ThenAndNow id="front-end-never-changes" />
      <ThenAndNow id="allocation-map" />
    </section>
  );
}

function Endpoint({ endpoint }: { readonly endpoint: EndpointView }): ReactNode {
  const lamps = [
    endpoint.ready ? "ready" : "not ready",
    endpoint.serving ? "serving" : "not serving",
    ...(endpoint.terminating ? ["terminating"] : []),
  ];
  return (
    <li>
      <Address text={endpoint.address} />
      <span>{endpoint.pod.slice(endpoint.pod.indexOf("/") + 1)}</span>
      <span className={styles.end}>{lamps.join(", ")}</span>
    </li>
  );
}

function Slices({ slices }: { readonly slices: readonly SliceView[] }): ReactNode {
  if (slices.length === 0)
    return <p className={styles.quiet}>No EndpointSlice stands: a Service without a selector gets none by itself.</p>;
  return slices.map((slice) => (
    <div key={slice.name}>
      <p>
        <span className={styles.mono}>{slice.name}</span>{" "}
        <span className={styles.quiet}>
          revision {slice.revision}, {slice.ports.join(", ") || "no ports"}
        </span>
      </p>
      <ul className={styles.rows}>
        {slice.endpoints.map((endpoint) => (
          <Endpoint key={endpoint.address} endpoint={endpoint} />
        ))}
      </ul>
      <p className={styles.quiet}>
        As a legacy Endpoints object: <span className={styles.mono}>{slice.legacyEndpoints === "" ? "<none>" : slice.legacyEndpoints}</span>
      </p>
    </div>
  ));
}

function MatchingPod({ pod }: { readonly pod: PodView }): ReactNode {
  return (
    <li>
      <PodSign pod={pod} />
      <b>{pod.name}</b>
      {pod.address === "" ? <span className={styles.quiet}>no address yet</span> : <Address text={pod.address} />}
      <span className={styles.end}>{pod.state}</span>
    </li>
  );
}

function BackEnd({ service, moment }: { readonly service: ServiceView; readonly moment: MomentView }): ReactNode {
  const name = nameOf(service);
  const pods = moment.pods.filter((pod) => pod.services.includes(name));
  return (
    <section>
      <h3>Back end, moves</h3>
      <dl className={styles.facts}>
        <dt>Selector</dt>
        <dd className={styles.mono}>{service.selector === null ? "none" : selectorText(service)}</dd>
        <dt>Matches</dt>
        <dd>
          {pods.length} Pods, {service.readyEndpoints} ready endpoints
        </dd>
      </dl>
      <ul className={styles.rows} aria-label="Matching Pods">
        {pods.map((pod) => (
          <MatchingPod key={pod.uid} pod={pod} />
        ))}
      </ul>
      <ThenAndNow id="healthy-pods" />
      <h3>EndpointSlices</h3>
      <Slices slices={moment.slices.filter((slice) => slice.service === name)} />
      <ThenAndNow id="endpoints-object" />
    </section>
  );
}

export function ServicePanel(): ReactNode {
  const moment = useApp((state) => state.session.moment);
  const service = useApp(serviceShown);
  const { selectService, openDialog } = useActions();
  if (moment === null || service === null)
    return <Empty title="No Service">New Service makes one: a stable name and address before Pods that come and go.</Empty>;
  const ref = { kind: "Service", namespace: service.namespace, name: service.name } as const;
  return (
    <div className={styles.panel}>
      <Choose label="Service shown" value={nameOf(service)} options={moment.services.map(nameOf)} onChange={selectService} />
      <div className={styles.head}>
        <h2>{service.name}</h2>
        <p>{service.type}</p>
      </div>
      {service.remark === "" ? null : <p>{service.remark}</p>}
      <FrontEnd service={service} />
      <BackEnd service={service} moment={moment} />
      {service.selector === null ? null : (
        <p className={styles.actions}>
          <button type="button" onClick={() => openDialog({ kind: "edit-selector", ref })}>
            Edit selector of {service.name}
          </button>
        </p>
      )}
    </div>
  );
}
