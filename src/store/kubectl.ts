/** What one would type for a command. Apart from `sharing.ts`, which brings more with it. */
export { kubectlOf } from "../sharing/kubectl";
