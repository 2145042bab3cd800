/** Made at build time from public/examples (vite.config.ts): the objects of a built-in cluster file, in file order. */
declare module "virtual:scenario/two-apps" {
  const objects: readonly unknown[];
  export default objects;
}
