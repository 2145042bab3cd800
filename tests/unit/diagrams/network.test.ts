import { expect, test } from "vitest";
import { networksOf } from "../../../src/diagrams/marks/network";
import { moment } from "../../fixtures/view/moment";

test("an address belongs to the network whose range it lies in, with a port or without", () => {
  const networkOf = networksOf(moment);
  expect(
    ["10.244.2.7:8080", "10.96.200.1", "10.111.9.9:80", "192.168.0.12", "192.168.1.12", "10.112.0.1", "lo", ""].map((address) => [
      address,
      networkOf(address),
    ]),
  ).toEqual([
    ["10.244.2.7:8080", "pod"],
    ["10.96.200.1", "service"],
    ["10.111.9.9:80", "service"],
    ["192.168.0.12", "node"],
    ["192.168.1.12", "other"],
    ["10.112.0.1", "other"],
    ["lo", "other"],
    ["", "other"],
  ]);
});

test("a Service's address is one of the Service network wherever it lies", () => {
  const [first] = moment.services;
  const elsewhere = first === undefined ? [] : [{ ...first, clusterIP: "172.20.0.1" }];
  expect(networksOf({ ranges: moment.ranges, services: elsewhere })("172.20.0.1:53")).toBe("service");
});
