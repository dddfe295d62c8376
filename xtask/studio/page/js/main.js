/** Starts the page: takes the key, asks who is there, and shows the place that the address names. */

import { takeToken } from "./api.js";
import { applyTheme } from "./frame/theme.js";
import "./frame/app.js";
import { el } from "./dom.js";

applyTheme();
takeToken();
document.body.append(el("studio-app.app"));
