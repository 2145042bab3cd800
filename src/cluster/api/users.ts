/**
 * Who may ask the API server, and what RBAC lets each do. A small set: kubeadm's administrator, somebody with the role
 * `edit` in one namespace, somebody who may look, a program with a role of its own, and somebody whose token is no more.
 * Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go (cluster-admin, edit, view), kubeadm's
 * ClusterRoleBinding kubeadm:cluster-admins. Left out: reading is never asked for here, so only verbs that write count.
 */
import type { Kind } from "../objects";
import { resourceOf } from "../resources";

/** A verb that changes something. */
export type ApiVerb = "create" | "update" | "patch" | "delete";

/** What is asked for. */
export interface ApiAttributes {
  readonly verb: ApiVerb;
  readonly kind: Kind;
  /** "" for kinds without a namespace. */
  readonly namespace: string;
  /** "" for a create. */
  readonly name: string;
  readonly subresource?: string;
}

/** A role that is bound to a user. */
interface Grant {
  /** `ClusterRoleBinding kubeadm:cluster-admins` */
  readonly binding: string;
  /** `ClusterRole edit` */
  readonly role: string;
  /** Where it holds; "" is everywhere. */
  readonly namespace: string;
  readonly verbs: readonly ApiVerb[] | "*";
  /** `deployments.apps`, `deployments.apps/scale`. */
  readonly resources: readonly string[] | "*";
}

/** Somebody who asks. */
export interface ApiUser {
  /** As error messages name them. */
  readonly name: string;
  readonly groups: readonly string[];
  /** How they show who they are; `expired` is a token that authentication does not accept any more. */
  readonly credentials: "client certificate" | "service account token" | "expired";
  /** In a few words, for a list to choose from. */
  readonly may: string;
  readonly grants: readonly Grant[];
}

/** The administrator's name: who asks where nobody was chosen. */
export const ADMIN_NAME = "kubernetes-admin";

const WRITES: readonly ApiVerb[] = ["create", "update", "patch", "delete"];

/** What the ClusterRole `edit` lets one write: no Nodes, no Namespaces, and since 1.22 no endpoints of either kind. */
const EDITED = [
  "configmaps",
  "pods",
  "pods/binding",
  "services",
  "deployments.apps",
  "deployments.apps/scale",
  "replicasets.apps",
  "replicasets.apps/scale",
  "statefulsets.apps",
  "statefulsets.apps/scale",
];

/** The users of a cluster whose people work in `namespace`. The first is the administrator. */
export function apiUsers(namespace: string): readonly ApiUser[] {
  const deployer = `system:serviceaccount:${namespace}:deployer`;
  return [
    {
      name: ADMIN_NAME,
      groups: ["kubeadm:cluster-admins", "system:authenticated"],
      credentials: "client certificate",
      may: "may do everything",
      grants: [
        {
          binding: "ClusterRoleBinding kubeadm:cluster-admins",
          role: "ClusterRole cluster-admin",
          namespace: "",
          verbs: "*",
          resources: "*",
        },
      ],
    },
    {
      name: "jane",
      groups: ["system:authenticated"],
      credentials: "client certificate",
      may: `may edit in ${namespace}`,
      grants: [{ binding: `RoleBinding ${namespace}/editors`, role: "ClusterRole edit", namespace, verbs: WRITES, resources: EDITED }],
    },
    {
      name: "vera",
      groups: ["system:authenticated"],
      credentials: "client certificate",
      may: "may look only",
      grants: [{ binding: "ClusterRoleBinding viewers", role: "ClusterRole view", namespace: "", verbs: [], resources: [] }],
    },
    {
      name: deployer,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
      credentials: "service account token",
      may: `may change Deployments in ${namespace}`,
      grants: [
        {
          binding: `RoleBinding ${namespace}/deployer`,
          role: `Role ${namespace}/deployer`,
          namespace,
          verbs: ["update", "patch"],
          resources: ["deployments.apps", "deployments.apps/scale"],
        },
      ],
    },
    { name: "expired-token", groups: [], credentials: "expired", may: "is nobody: its token has expired", grants: [] },
  ];
}

/** The binding that lets a user do it, undefined where none does. Roles only ever add. */
export function grantFor({ grants }: ApiUser, { verb, kind, namespace, subresource }: ApiAttributes): Grant | undefined {
  const resource = rbacResource(kind, subresource);
  return grants.find(
    (grant) =>
      (grant.namespace === "" || grant.namespace === namespace) &&
      (grant.verbs === "*" || grant.verbs.includes(verb)) &&
      (grant.resources === "*" || grant.resources.includes(resource)),
  );
}

function rbacResource(kind: Kind, subresource: string | undefined): string {
  const { plural, group } = resourceOf(kind);
  return `${plural}${group === "" ? "" : `.${group}`}${subresource === undefined ? "" : `/${subresource}`}`;
}
