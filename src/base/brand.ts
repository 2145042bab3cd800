/** A nominal type over a structural one, so that microseconds are not mistaken for bytes. Costs nothing at run time. */
export type Brand<T, Tag extends string> = T & { readonly __brand: Tag };
