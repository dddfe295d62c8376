// Makes, or with --check compares, what real drizzle-kit gives for the schemas beside this file. See README.md.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { HERE, KIT, finish, keep } from "./fixtures.mjs";

const FOLDERS = ["autonome", "everything", "extensions", "kinds", "wrong"];
const STEPS = ["evolution", "kinds", "renames"];

/** `drizzle-kit generate` for each schema of a folder in turn: the migrations that make the last one. */
function recordFolder(folder) {
  // drizzle-kit takes the output folder relative to where it runs.
  const scratch = mkdtempSync(join(tmpdir(), "drizzle-record-"));
  try {
    for (const schema of readdirSync(join(HERE, folder, "schema")).sort()) {
      const name = schema.replace(/^\d+_/, "").replace(/\.ts$/, "");
      const flags = ["--dialect", "postgresql", "--schema", join(HERE, folder, "schema", schema), "--out", "out", "--name", name];
      const run = spawnSync(process.execPath, [KIT, "generate", ...flags], { cwd: scratch, encoding: "utf8" });
      // A failure of drizzle-kit is exit 0 too, so the file it should have written decides.
      if (!existsSync(join(scratch, "out", schema.replace(/\.ts$/, ".sql")))) throw new Error(`${folder}/${schema}\n${run.stdout}${run.stderr}`);
    }
    for (const file of readdirSync(join(scratch, "out"), { recursive: true })) {
      if (/\.(sql|json)$/.test(file)) keep(join(folder, file), readFileSync(join(scratch, "out", file), "utf8"));
    }
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** What a person answers to drizzle-kit's prompts next: how often “down” is pressed before “return”. */
const answers = [];

/** A terminal for them. drizzle-kit keeps the first one it finds. */
function pretendTerminal() {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
  keyboard.on("newListener", (event, listener) => {
    if (event !== "keypress") return;
    setImmediate(() => {
      for (let downs = answers.shift() ?? 0; downs > 0; downs--) listener("", { name: "down" });
      listener("", { name: "return" });
    });
  });
  Object.defineProperty(process, "stdin", { value: keyboard, configurable: true });
  process.stdout.isTTY = true;
}

const uuid = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const ORIGIN = "00000000-0000-0000-0000-000000000000";

async function recordSteps(name) {
  const write = process.stdout.write;
  process.stdout.write = () => true; // The prompts' text.
  const { generateDrizzleJson, generateMigration } = await import("drizzle-kit/api");
  const { steps } = await import(`./${name}.mjs`);
  const snapshot = (objects, id, prevId) => {
    const { id: _, prevId: __, ...rest } = JSON.parse(JSON.stringify(generateDrizzleJson(objects)));
    return { id, prevId, ...rest };
  };
  const lines = [];
  for (const step of steps) {
    const from = snapshot(step.from, uuid(1), ORIGIN);
    const to = snapshot(step.to, uuid(2), uuid(1));
    answers.push(...(step.answers ?? []));
    const result = await generateMigration(from, to).then(
      (sql) => ({ sql }),
      ({ message }) => ({ error: message }),
    );
    if (answers.length > 0) throw new Error(`${step.id}: fewer prompts than answers`);
    lines.push(JSON.stringify({ id: step.id, renames: step.renames, from, to, ...result }));
  }
  process.stdout.write = write;
  if (new Set(steps.map(({ id }) => id)).size < steps.length) throw new Error("two steps have the same id");
  keep(`${name}.jsonl`, `${lines.join("\n")}\n`);
}

FOLDERS.forEach(recordFolder);
pretendTerminal();
for (const name of STEPS) await recordSteps(name);
finish();
