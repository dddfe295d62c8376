// Keeps recorded results beside this file, or with --check compares them.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(fileURLToPath(import.meta.url));
export const KIT = join(HERE, "node_modules", "drizzle-kit", "bin.cjs");
const CHECK = process.argv.includes("--check");

/** Ids and times differ between two runs that agree otherwise. */
export const withoutChance = (text) =>
  text.replace(/"(id|prevId)": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"$1": …').replace(/"when": \d+/g, '"when": …');

const differences = [];

/** Stores `text` unless the stored one differs by chance only; with --check notes a difference instead. */
export function keep(path, text) {
  const file = join(HERE, path);
  if (existsSync(file) && withoutChance(readFileSync(file, "utf8")) === withoutChance(text)) return;
  differences.push(path);
  if (CHECK) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Says what was written or differs, and ends. */
export function finish() {
  for (const path of differences) console.log(`${CHECK ? "differs" : "written"}: ${path}`);
  process.exit(CHECK && differences.length > 0 ? 1 : 0);
}
