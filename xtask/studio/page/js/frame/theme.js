import { remember, remembered } from "../preferences.js";

/** Shows what was chosen before; without a choice the system's preference holds. */
export function applyTheme() {
  const chosen = remembered("theme", null);
  if (chosen) document.documentElement.dataset.theme = chosen;
}

export function toggleTheme() {
  const dark = getComputedStyle(document.documentElement).colorScheme === "dark";
  const systemDark = matchMedia("(prefers-color-scheme: dark)").matches;
  const isDark = document.documentElement.dataset.theme ? dark : systemDark;
  remember("theme", isDark ? "light" : "dark");
  applyTheme();
}
