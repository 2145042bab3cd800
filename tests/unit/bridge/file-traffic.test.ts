import { expect, test } from "vitest";
import { fileTraffic } from "../../../src/bridge/file-traffic";
import { objectsFromText } from "../../fixtures/cluster-from-text";

const DNS = "service kube-system/kube-dns 10.96.0.10 53->53 k8s-app=kube-dns";

function asks(text: string): string {
  return fileTraffic(objectsFromText(text)).sentence;
}

test.each([
  [
    "my-app and your-app-svc where the file has them",
    `${DNS}
     deployment shop/web 1 app=web
     deployment shop/my-app 2 app=my-app
     service shop/web 10.96.0.20 80->http app=web
     service shop/your-app-svc 10.96.0.21 80->http app=your-app`,
    "Pods of shop/my-app ask http://your-app-svc, once a second.",
  ],
  [
    "else the first Deployment outside kube-system and the first Service of other Pods, with its port",
    `${DNS}
     deployment kube-system/coredns 2 k8s-app=kube-dns
     deployment prod/front 2 app=front
     service prod/front 10.96.0.20 80->http app=front
     service prod/outside 10.96.0.22 80->http -
     service prod/back 10.96.0.21 53/UDP->53,8080->http app=back`,
    "Pods of prod/front ask http://back:8080, once a second.",
  ],
  [
    "a Service of another namespace by the name that is found there",
    `${DNS}
     deployment prod/front 2 app=web
     service data/web 10.96.0.21 80->http app=web`,
    "Pods of prod/front ask http://web.data, once a second.",
  ],
  [
    "its own Service where there is no other",
    `${DNS}
     deployment prod/front 2 app=front
     service prod/front 10.96.0.20 80->http app=front`,
    "Pods of prod/front ask http://front, once a second.",
  ],
  [
    "an address where the file has no DNS",
    `deployment prod/front 2 app=front
     service prod/back 10.96.0.20 8080->http app=back`,
    "Pods of prod/front ask http://10.96.0.20:8080, once a second.",
  ],
  [
    "a name that is not found where the file has no DNS and gives no address",
    `deployment prod/front 2 app=front
     service prod/back - 80->http app=back`,
    "Pods of prod/front ask http://back, once a second. The file has no Service kube-system/kube-dns, so names are not found.",
  ],
])("in a cluster file the traffic goes to %s", (_, text, sentence) => {
  expect(asks(text)).toBe(sentence);
});

test.each([
  ["a Deployment", `service prod/back 10.96.0.21 80->http app=back`],
  ["a Service that can be asked", `deployment prod/front 1 app=front\nservice prod/udp 10.96.0.21 53/UDP->53 app=back`],
])("without %s nobody asks anybody", (_, text) => {
  expect(fileTraffic(objectsFromText(text))).toEqual({
    traffic: { from: "", to: "", perSecond: 0 },
    sentence: "Nobody asks anybody here: that takes a Deployment outside kube-system, and a Service with a selector and a TCP port.",
  });
});
