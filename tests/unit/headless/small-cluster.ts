/** A small cluster as people write it, for the command's tests: two nodes, a client, a Service with two Pods behind it. */

export const SMALL = `
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop }
spec: { nodeName: node-a, containers: [{ name: main }] }
status: { phase: Running, podIP: 10.244.1.2, podIPs: [{ ip: 10.244.1.2 }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-1, namespace: shop, labels: { app: web } }
spec: { nodeName: node-a, containers: [{ name: main, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIP: 10.244.1.7, podIPs: [{ ip: 10.244.1.7 }], conditions: [{ type: Ready, status: "True" }] }
---
apiVersion: v1
kind: Pod
metadata: { name: web-2, namespace: shop, labels: { app: web } }
spec: { nodeName: node-b, containers: [{ name: main, ports: [{ name: http, containerPort: 8080 }] }] }
status: { phase: Running, podIP: 10.244.2.9, podIPs: [{ ip: 10.244.2.9 }], conditions: [{ type: Ready, status: "True" }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { clusterIP: 10.96.0.50, selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
---
apiVersion: v1
kind: Service
metadata: { name: empty, namespace: shop }
spec: { clusterIP: 10.96.0.60, selector: { app: nobody }, ports: [{ port: 80 }] }
`;
