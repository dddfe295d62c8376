// drizzle-kit and xtask in turn on one folder and one database, ten steps; each alone must end the same. See README.md.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { HERE, KIT, finish, keep, withoutChance } from "./fixtures.mjs";

/** Who generates and who migrates each step of the schema; what each has written the other reads. */
const TURNS = [
  { name: "init", generated: "xtask", migrated: "drizzle-kit" },
  { name: "add_trailing_stop", generated: "drizzle-kit", migrated: "xtask" },
  { name: "add_venue", generated: "xtask", migrated: "xtask" },
  { name: "index_symbol", generated: "drizzle-kit", migrated: "drizzle-kit" },
  { name: "add_trades", generated: "xtask", migrated: "drizzle-kit" },
  { name: "drop_note", generated: "drizzle-kit", migrated: "xtask" },
  { name: "add_label", generated: "xtask", migrated: "xtask" },
  { name: "add_constraints", generated: "drizzle-kit", migrated: "drizzle-kit" },
  { name: "change_types", generated: "xtask", migrated: "drizzle-kit" },
  { name: "add_trail", generated: "drizzle-kit", migrated: "xtask" },
];

const scratch = mkdtempSync(join(tmpdir(), "drizzle-turns-"));
// A server that root starts runs as another user.
chmodSync(scratch, 0o755);

/** Whether the schema says what drizzle cannot. */
let beyond = false;

function run(program, args, cwd, step) {
  const env = { ...process.env, SHOP_STEP: String(step), NO_COLOR: "1", ...(beyond && { SHOP_BEYOND: "1" }) };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  return { status, said: `${args.join(" ")} at step ${step}\n${stdout}${stderr}`, stdout };
}

/** Runs a command that must succeed and say `expected`: drizzle-kit exits with 0 even when it fails. */
function must(expected, ...command) {
  const { status, said, stdout } = run(...command);
  if (status !== 0 || !said.includes(expected)) throw new Error(`exit code ${status}, and not “${expected}”:\n${said}`);
  return stdout;
}

function builtShop() {
  const built = must("", "cargo", ["build", "--package", "xtask-db", "--example", "shop", "--message-format", "json"], HERE);
  const messages = built.trim().split("\n").map((line) => JSON.parse(line));
  return messages.find(({ executable, target }) => executable && target.name === "shop").executable;
}

const shop = process.env.SHOP ?? builtShop();

const tools = {
  xtask: {
    generate: (home, step, name) => must("Migration generated", shop, ["db", "generate", "--name", name], home, step),
    finds_no_changes: (home, step) => must("No schema changes", shop, ["db", "generate"], home, step),
    migrate: (home, step) => must("", shop, ["db", "migrate"], home, step),
    check: (home, step) => must("agrees with the folder", shop, ["db", "status"], home, step),
  },
  "drizzle-kit": {
    generate: (home, step, name) => must("Your SQL migration file", process.execPath, [KIT, "generate", "--name", name], home, step),
    finds_no_changes: (home, step) => must("No schema changes", process.execPath, [KIT, "generate"], home, step),
    migrate: (home, step) => must("migrations applied successfully", process.execPath, [KIT, "migrate"], home, step),
    check: (home, step) => must("Everything's fine", process.execPath, [KIT, "check"], home, step),
  },
};

async function query(url, sql) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query({ text: sql, rowMode: "array" })).rows.map(([value]) => value);
  } finally {
    await client.end();
  }
}

/** What the catalogs say of all that the application has, columns in their order. */
const CATALOGS = [
  `SELECT format('%s %s %s not null %s default %s identity %s generated %s', attrelid::regclass, attname, format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid), attidentity, attgenerated)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    WHERE relkind = 'r' AND attnum > 0 AND NOT attisdropped AND nspname IN ('public', 'audit') ORDER BY attrelid::regclass::text, attnum`,
  `SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint
    WHERE connamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('public', 'audit')) ORDER BY 1`,
  "SELECT indexdef FROM pg_indexes WHERE schemaname IN ('public', 'audit') ORDER BY 1",
  "SELECT format('%s %s', enumtypid::regtype, enumlabel) FROM pg_enum ORDER BY enumtypid::regtype::text, enumsortorder",
  "SELECT format('%s.%s %s from %s to %s', schemaname, sequencename, data_type, start_value, max_value) FROM pg_sequences WHERE schemaname <> 'drizzle' ORDER BY 1",
];
const BEYOND = `SELECT concat_ws(' ', (SELECT extname FROM pg_extension WHERE extname = 'citext'), obj_description('"Orders_symbol_status_idx"'::regclass),
  col_description('"Orders"'::regclass, 2), (SELECT attcollation::regcollation FROM pg_attribute WHERE attrelid = '"Orders"'::regclass AND attname = 'symbol'),
  (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = '"Trades"'::regclass AND contype = 'f'))`;
const HISTORY = "SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id";

/** All steps in a workspace and a database of their own: the folder they end with, the database and its history. */
async function walk(label, server, turns) {
  const home = join(scratch, label);
  const url = Object.assign(new URL(server), { pathname: label }).href;
  await query(server, `CREATE DATABASE "${label}"`);
  mkdirSync(home);
  writeFileSync(join(home, "Cargo.toml"), "[workspace]\n");
  writeFileSync(join(home, ".env"), `DATABASE_URL='${url}'\n`);
  const config = { dialect: "postgresql", schema: join(HERE, "turns", "schema.ts"), out: "drizzle", dbCredentials: { url } };
  writeFileSync(join(home, "drizzle.config.json"), JSON.stringify(config));
  for (const [step, { name, generated, migrated }] of turns.entries()) {
    tools[generated].generate(home, step, name);
    for (const tool of Object.values(tools)) tool.finds_no_changes(home, step);
    // Whoever comes second finds nothing to do.
    const [other] = Object.keys(tools).filter((tool) => tool !== migrated);
    for (const tool of [migrated, other]) {
      tools[tool].migrate(home, step);
      const { length } = await query(url, HISTORY);
      if (length !== step + 1) throw new Error(`${label}: ${length} rows in the history after ${step + 1} steps and ${tool} migrate`);
    }
    for (const tool of Object.values(tools)) tool.check(home, step);
    console.log(`${label}: ${String(step).padStart(4, "0")}_${name} generated by ${generated}, migrated by ${migrated}`);
  }
  const folder = join(home, "drizzle");
  const files = readdirSync(folder, { recursive: true }).filter((file) => /\.(sql|json)$/.test(file)).sort();
  const database = [];
  for (const sql of CATALOGS) database.push(...(await query(url, sql)));
  if (beyond) return query(url, BEYOND);
  return { files: files.map((file) => [file, readFileSync(join(folder, file), "utf8")]), database, history: await query(url, HISTORY) };
}

function same(what, found, expected) {
  const [left, right] = [found, expected].map((value) => withoutChance(JSON.stringify(value, null, 1).replaceAll('\\"', '"')).split("\n"));
  const line = left.findIndex((text, index) => text !== right[index]);
  if (line >= 0 || left.length !== right.length) throw new Error(`${what} differ:\n${left[line]}\n${right[line]}`);
}

async function main() {
  writeFileSync(join(scratch, "Cargo.toml"), "[workspace]\n");
  must("", shop, ["db", "server", "start"], scratch);
  try {
    const server = must("", shop, ["db", "server", "url"], scratch).trim();
    const inTurn = await walk("turns", server, TURNS);
    for (const tool of Object.keys(tools)) {
      const alone = await walk(tool, server, TURNS.map(({ name }) => ({ name, generated: tool, migrated: tool })));
      same(`the folder in turn and that of ${tool} alone`, inTurn.files, alone.files);
      same(`the database in turn and that of ${tool} alone`, inTurn.database, alone.database);
      same(`the history in turn and that of ${tool} alone`, inTurn.history, alone.history);
    }
    // drizzle-kit neither minds what it does not know nor takes it away.
    beyond = true;
    const said = await walk("beyond", server, TURNS);
    same("what only one of the two knows", said, [
      `citext for the list as the exchange spells it "C" FOREIGN KEY ("orderId") REFERENCES "Orders"(id) DEFERRABLE INITIALLY DEFERRED`,
    ]);
    for (const [file, text] of inTurn.files) keep(join("turns", file), text);
    const turns = TURNS.map((turn, step) => JSON.stringify({ ...turn, hash: inTurn.history[step] }));
    keep(join("turns", "turns.jsonl"), `${turns.join("\n")}\n`);
  } finally {
    must("", shop, ["db", "server", "destroy", "--yes"], scratch);
  }
}

try {
  await main();
} finally {
  rmSync(scratch, { recursive: true });
}
finish();
