import { el } from "../dom.js";

/** What stands where tables would. */
export function noTables() {
  return [el("h3", {}, "This database has no tables yet"), el("p", {}, el("code", {}, "cargo xtask db migrate"), " makes those of the migrations.")];
}
