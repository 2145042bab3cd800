/** ValidateEndpointSlice and ValidateEndpoints, the part that we act on. Source: pkg/apis/discovery/validation, pkg/apis/core/validation. */
import type { FieldError } from "../field-error";
import { isIp, isIpv6, parseIpv4 } from "../ip-text";
import { label1123Problem } from "../names";
import type { EndpointPort, EndpointSlice, Endpoints } from "../objects";
import { PROTOCOLS, checkPort, duplicate, invalid, invalidIf, required, unsupportedIf } from "./findings";

const ADDRESS_TYPES = ["FQDN", "IPv4", "IPv6"];

/** What is wrong with an EndpointSlice. */
export function sliceErrors({ addressType, endpoints, ports = [] }: EndpointSlice): readonly FieldError[] {
  return [
    ...unsupportedIf("addressType", addressType, ADDRESS_TYPES),
    ...endpoints.flatMap(({ addresses }, index) => {
      const path = `endpoints[${index}].addresses`;
      if (addresses.length === 0) return [required(path, "must contain at least 1 address")];
      return addresses.flatMap((address, place) => invalidIf(`${path}[${place}]`, address, addressProblem(addressType, address)));
    }),
    ...portsErrors(ports, "ports"),
  ];
}

function addressProblem(type: EndpointSlice["addressType"], address: string): string | undefined {
  if (type === "IPv4") return parseIpv4(address) === undefined ? "must be a valid IPv4 address" : undefined;
  if (type === "IPv6") return isIpv6(address) ? undefined : "must be a valid IPv6 address";
  return undefined;
}

/** What is wrong with an Endpoints object. */
export function endpointsErrors({ subsets = [] }: Endpoints): readonly FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const path = `subsets[${index}]`;
    const wrong = [...addresses, ...notReadyAddresses].filter(({ ip }) => !isIp(ip));
    return [
      ...wrong.map(({ ip }) => invalid(`${path}.addresses`, ip, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)")),
      ...portsErrors(ports, `${path}.ports`),
    ];
  });
}

function portsErrors(ports: readonly EndpointPort[], path: string): readonly FieldError[] {
  const names = new Set<string>();
  return ports.flatMap(({ name = "", port, protocol }, index) => {
    const at = `${path}[${index}]`;
    const again = names.has(name) ? [duplicate(`${at}.name`, name)] : [];
    names.add(name);
    return [
      ...again,
      ...(name === "" ? [] : invalidIf(`${at}.name`, name, label1123Problem(name))),
      ...checkPort(`${at}.port`, port),
      ...unsupportedIf(`${at}.protocol`, protocol, PROTOCOLS),
    ];
  });
}
