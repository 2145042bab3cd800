import "react";

declare module "react" {
  interface CSSProperties {
    /** Custom properties, as the style sheets read them. */
    [name: `--${string}`]: string | number | undefined;
  }
}
