/** Made at build time (vite.config.ts): what the worker needs only after the first moment. Importing it brings it. */
declare module "virtual:later";
