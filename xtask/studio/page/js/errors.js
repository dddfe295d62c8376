import { ApiError, isWithdrawn } from "./api.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";

/** @param {unknown} error @returns {import("./types.js").ServerError} */
export function asServerError(error) {
  if (error instanceof ApiError) return error.error;
  if (!(error instanceof Error) && error && typeof error === "object" && "message" in error) return /** @type {any} */ (error);
  return { message: error instanceof Error ? error.message : String(error) };
}

/** An error where it belongs, with what PostgreSQL adds to it. @param {unknown} error */
export function errorMessage(error) {
  const { message, detail, hint, code, constraint } = asServerError(error);
  const more = [detail, hint && `Hint: ${hint}`, constraint && `Constraint: ${constraint}`, code && `SQLSTATE ${code}`];
  return el(
    "div.message",
    { role: "alert" },
    icon("warning"),
    el("div.grow", {}, el("p", {}, message), more.filter(Boolean).map((line) => el("p.more", {}, line))),
  );
}

/** Runs what may fail and shows the error in a place made for it. @param {Element} place @param {() => Promise<void>} work */
export async function attempt(place, work) {
  try {
    await work();
    place.replaceChildren();
  } catch (error) {
    if (!isWithdrawn(error)) place.replaceChildren(errorMessage(error));
  }
}
