/** Buttons: a plain one with an edge, a main one filled, and a row in a list of acts. */
import type { ComponentProps, ReactNode } from "react";
import "./button.css";

export interface ButtonProps extends ComponentProps<"button"> {
  readonly main?: boolean;
}

export function Button({ main = false, className = "", ...props }: ButtonProps): ReactNode {
  return <button type="button" className={`button ${main ? "button-main" : ""} ${className}`} {...props} />;
}

/** One act in a list: its words and an arrow. */
export function ActRow({ children, ...props }: ComponentProps<"button">): ReactNode {
  return (
    <button type="button" className="act-row" {...props}>
      {children}
      <svg className="act-arrow" viewBox="0 0 14 8" aria-hidden="true">
        <path d="M0 4h12M8.5.8L12 4 8.5 7.2" />
      </svg>
    </button>
  );
}
