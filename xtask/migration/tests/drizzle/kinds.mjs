// Steps with sequences, views, row security, policies and roles, into kinds.jsonl. See evolution.mjs.
import { sql } from "drizzle-orm";
import { boolean, integer, numeric, pgEnum, pgMaterializedView, pgPolicy, pgRole, pgSchema, pgSequence, pgTable, pgView, text, varchar } from "drizzle-orm/pg-core";

export const steps = [];

/** Where a prompt asks, everything is created, which is the first answer: no renames here. */
const step = (id, from, to) => steps.push({ id, from, to });

const key = () => integer("id").primaryKey();

// ---- sequences

const sequence = (id, before, after) => step(`sequence-${id}`, [pgSequence("s", before)], [pgSequence("s", after)]);

step("sequence-create", [], [pgSequence("s")]);
step("sequence-create-all", [], [pgSequence("s", { startWith: 100, increment: 5, minValue: 50, maxValue: 5000, cache: 10, cycle: true })]);
step("sequence-create-descending", [], [pgSequence("s", { increment: -1 })]);
step("sequence-create-in-schema", [], (() => {
  const app = pgSchema("app");
  return [app, app.sequence("s", { startWith: 7 })];
})());
step("sequence-drop", [pgSequence("s"), pgSequence("t")], [pgSequence("t")]);
step("sequence-create-and-drop", [pgSequence("a"), pgSequence("b")], [pgSequence("b"), pgSequence("c"), pgSequence("d")]);
sequence("increment", {}, { increment: 2 });
sequence("start", {}, { startWith: 50 });
sequence("min", { startWith: 10 }, { startWith: 10, minValue: 5 });
sequence("min-above-start", {}, { minValue: 100 });
sequence("max", {}, { maxValue: 1000 });
sequence("max-below-start", { startWith: 500 }, { startWith: 5, maxValue: 100 });
sequence("cache", {}, { cache: 20 });
sequence("cycle", {}, { cycle: true });
sequence("no-cycle", { cycle: true }, {});
sequence("to-descending", {}, { increment: -1 });
sequence("all", {}, { startWith: 20, increment: 3, minValue: 1, maxValue: 999, cache: 5, cycle: true });
step("sequence-default", [pgTable("t", { id: key() })], [pgSequence("s"), pgTable("t", { id: key(), n: integer("n").default(sql`nextval('s')`) })]);
step("sequence-default-dropped", [pgSequence("s"), pgTable("t", { id: key(), n: integer("n").default(sql`nextval('s')`) })], [pgTable("t", { id: key(), n: integer("n") })]);
step("sequence-default-table", [], [pgSequence("s"), pgTable("t", { id: integer("id").primaryKey().default(sql`nextval('s')`) })]);
step("sequence-default-table-dropped", [pgSequence("s"), pgTable("t", { id: integer("id").primaryKey().default(sql`nextval('s')`) }), pgTable("u", { id: key() })], [pgTable("u", { id: key() })]);

// ---- views

const users = () => pgTable("users", { id: key(), name: text("name"), age: integer("age"), active: boolean("active") });
const cols = () => ({ id: integer("id") });
const v = (name, query, options) => {
  const builder = pgView(name, cols());
  return (options ? builder.with(options) : builder).as(query);
};
const m = (name, query, change = (builder) => builder) => change(pgMaterializedView(name, cols())).as(query);
const ids = sql`select id from users`;

/** The same table before and after, with other views. */
const views = (id, before, after) => step(`view-${id}`, [users(), ...before], [users(), ...after]);

views("create", [], [v("v", ids)]);
views("create-options", [], [v("v", sql`select id from users where active`, { checkOption: "local", securityBarrier: true, securityInvoker: false })]);
views("create-with-table", [], [pgTable("more", { id: key() }), v("v", sql`select id from more`)]);
views("create-in-schema", [], (() => {
  const app = pgSchema("app");
  return [app, app.view("v", cols()).as(ids)];
})());
views("create-from-query", [], (() => {
  const table = users();
  return [pgView("v").as((qb) => qb.select({ id: table.id, name: table.name }).from(table))];
})());
views("create-existing", [], [pgView("v", cols()).existing()]);
views("create-on-views", [], [v("c", sql`select id from b`), v("b", sql`select id from a`), v("a", ids)]);
views("drop", [v("v", ids), v("w", ids)], [v("w", ids)]);
views("drop-existing", [pgView("v", cols()).existing()], []);
views("drop-with-table", [pgTable("more", { id: key() }), v("v", sql`select id from more`)], []);
views("drop-on-views", [v("a", ids), v("b", sql`select id from a`), v("c", sql`select id from b`)], []);
views("create-and-drop", [v("a", ids), v("b", ids)], [v("b", ids), v("c", ids)]);
views("definition", [v("v", ids)], [v("v", sql`select id from users where active`)]);
views("definition-options", [v("v", ids)], [v("v", sql`select id from users where active`, { securityBarrier: true })]);
views("definition-used", [v("a", ids), v("b", sql`select id from a`)], [v("a", sql`select id from users where active`), v("b", sql`select id from a`)]);
views("columns-only", [v("v", ids)], [pgView("v", { id: integer("id").notNull(), other: text("other") }).as(ids)]);
views("option-added", [v("v", ids)], [v("v", ids, { securityBarrier: true })]);
views("option-added-beside", [v("v", ids, { securityBarrier: true })], [v("v", ids, { securityBarrier: true, securityInvoker: true })]);
views("option-changed", [v("v", ids, { checkOption: "local", securityBarrier: true })], [v("v", ids, { checkOption: "cascaded", securityBarrier: true })]);
views("option-dropped", [v("v", ids, { checkOption: "local", securityBarrier: true })], [v("v", ids, { securityBarrier: true })]);
views("options-dropped", [v("v", ids, { checkOption: "local", securityBarrier: true })], [v("v", ids)]);
views("options-all", [v("v", ids, { checkOption: "local", securityBarrier: true })], [v("v", ids, { securityBarrier: false, securityInvoker: true })]);
views("becomes-materialized", [v("v", ids)], [m("v", ids)]);
views("becomes-materialized-other", [v("v", ids)], [m("v", sql`select id from users where active`)]);
views("no-longer-materialized", [m("v", ids)], [v("v", ids)]);
views("becomes-table", [v("v", ids)], [pgTable("v", cols())]);
views("table-becomes-view", [pgTable("v", cols())], [v("v", ids)]);
views("to-existing", [v("v", ids)], [pgView("v", cols()).existing()]);
views("comment-at-the-end", [], [v("v", sql`select id from users -- all of them`)]);

const materialized = (id, before, after) => views(`materialized-${id}`, before ? [m("v", ids, before)] : [], after ? [m("v", ids, after)] : []);
const same = (builder) => builder;
materialized("create", undefined, same);
materialized("create-options", undefined, (b) => b.using("heap").with({ fillfactor: 90, autovacuumEnabled: false, autovacuumVacuumScaleFactor: 0.5 }).tablespace("pg_default").withNoData());
materialized("drop", same, undefined);
materialized("option-added", same, (b) => b.with({ fillfactor: 70 }));
materialized("option-changed", (b) => b.with({ fillfactor: 70, parallelWorkers: 2 }), (b) => b.with({ fillfactor: 80, parallelWorkers: 2 }));
materialized("option-dropped", (b) => b.with({ fillfactor: 70 }), same);
materialized("tablespace-added", same, (b) => b.tablespace("pg_default"));
materialized("access-method", same, (b) => b.using("heap"));
materialized("access-method-dropped", (b) => b.using("heap"), same);
materialized("with-no-data", same, (b) => b.withNoData());
views("materialized-definition", [m("v", ids)], [m("v", sql`select id from users where active`)]);

// ---- views beside changes of what they read

const read = (id, before, query, after, more = []) =>
  step(`read-${id}`, [pgTable("t", { id: key(), ...before }), v("v", query), ...more], [pgTable("t", { id: key(), ...after }), v("v", query), ...more]);
read("column-added", { a: text("a") }, sql`select id, a from t`, { a: text("a"), b: text("b") });
read("column-added-count", { a: text("a") }, sql`select count(*) as id from t`, { a: text("a"), b: text("b") });
read("column-added-all", { a: text("a") }, sql`select * from t`, { a: text("a"), b: text("b") });
read("column-dropped", { a: text("a"), b: text("b") }, sql`select id, a from t`, { a: text("a") });
read("column-dropped-all", { a: text("a"), b: text("b") }, sql`select * from t`, { a: text("a") });
read("column-retyped", { a: integer("a"), b: integer("b") }, sql`select id, a from t`, { a: integer("a"), b: numeric("b") });
read("column-retyped-read", { a: integer("a") }, sql`select id, a from t`, { a: numeric("a") });
read("column-retyped-read-on", { a: integer("a") }, sql`select id, a from t`, { a: numeric("a") }, [v("w", sql`select id from v`), m("x", sql`select id from w`)]);
read("column-computed", { a: integer("a"), g: integer("g").generatedAlwaysAs(sql`a + 1`) }, sql`select id, g from t`, { a: integer("a"), g: integer("g").generatedAlwaysAs(sql`a + 2`) });
read("column-computed-from", { a: integer("a"), g: integer("g").generatedAlwaysAs(sql`a + 1`) }, sql`select id, g from t`, { a: numeric("a"), g: integer("g").generatedAlwaysAs(sql`a + 1`) });
read("column-default", { a: integer("a") }, sql`select id, a from t`, { a: integer("a").notNull().default(1) });
step("read-key-dropped-grouped", [pgTable("t", { id: integer("id").notNull().primaryKey(), a: text("a") }), v("v", sql`select id, a from t group by id`)], [pgTable("t", { id: integer("id").notNull(), a: text("a") }), v("v", sql`select id, min(a) as a from t group by id`)]);
step("read-definition-loses-column", [pgTable("t", { id: key(), a: text("a") }), v("v", sql`select id, a from t`)], [pgTable("t", { id: key() }), v("v", sql`select id from t`)]);
step("read-definition-gains-column", [pgTable("t", { id: key() }), v("v", sql`select id from t`)], [pgTable("t", { id: key(), a: text("a") }), v("v", sql`select id, a from t`)]);
const moodStep = (id, query) => step(`read-enum-${id}`, (() => {
  const mood = pgEnum("mood", ["a", "b", "c"]);
  return [mood, pgTable("t", { id: key(), c: mood("c") }), v("v", query)];
})(), (() => {
  const mood = pgEnum("mood", ["a", "c"]);
  return [mood, pgTable("t", { id: key(), c: mood("c") }), v("v", query)];
})());
moodStep("column", sql`select id, c from t`);
moodStep("constant", sql`select id from t where id::text = 'a'::mood::text`);
moodStep("unread", sql`select id from t`);
step("read-enum-label-added", (() => {
  const mood = pgEnum("mood", ["a"]);
  return [mood, pgTable("t", { id: key(), c: mood("c") })];
})(), (() => {
  const mood = pgEnum("mood", ["a", "b"]);
  return [mood, pgTable("t", { id: key(), c: mood("c") }), v("v", sql`select id from t where c = 'b'`)];
})());

// ---- row security

const t = (more = {}, policies = () => []) => pgTable("t", { id: key(), owner: text("owner"), tenant: integer("tenant"), ...more }, policies);
const secured = (more) => t(more).enableRLS();
const all = () => [pgPolicy("p")];

step("rls-create-table", [], [secured()]);
step("rls-enable", [t()], [secured()]);
step("rls-disable", [secured()], [t()]);
step("rls-enable-beside-column", [t()], [secured({ c: text("c") })]);
step("rls-enable-several", [pgTable("b", { id: key() }), pgTable("a", { id: key() })], [pgTable("a", { id: key() }).enableRLS(), pgTable("b", { id: key() }).enableRLS()]);
step("rls-enable-and-disable", [pgTable("b", { id: key() }), pgTable("a", { id: key() }).enableRLS()], [pgTable("a", { id: key() }), pgTable("b", { id: key() }).enableRLS()]);
step("rls-drop-table", [secured(), pgTable("u", { id: key() })], [pgTable("u", { id: key() })]);
step("rls-drop-table-beside", [secured(), pgTable("u", { id: key(), a: text("a") }), pgTable("w", { id: key() })], [pgTable("u", { id: key(), a: text("a").notNull() })]);
step("rls-in-schema", (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key() })];
})(), (() => {
  const app = pgSchema("app");
  return [app, app.table("t", { id: key() }, all).enableRLS()];
})());

// ---- policies

const policies = (id, before, after) => step(`policy-${id}`, [t({}, () => before)], [t({}, () => after)]);
const keep = pgPolicy("keep");
policies("first", [], [pgPolicy("p")]);
policies("add", [keep], [keep, pgPolicy("p", { as: "restrictive", for: "update", to: "current_user", using: sql`owner = current_user`, withCheck: sql`true` })]);
policies("drop", [keep, pgPolicy("p")], [keep]);
policies("drop-last", [pgPolicy("p")], []);
policies("add-and-drop", [keep, pgPolicy("p")], [keep, pgPolicy("q"), pgPolicy("r")]);
policies("as", [pgPolicy("p")], [pgPolicy("p", { as: "restrictive" })]);
policies("for", [pgPolicy("p")], [pgPolicy("p", { for: "select" })]);
policies("to", [pgPolicy("p")], [pgPolicy("p", { to: "current_user" })]);
policies("using-added", [pgPolicy("p")], [pgPolicy("p", { using: sql`true` })]);
policies("using-changed", [pgPolicy("p", { using: sql`true`, withCheck: sql`id > 0` })], [pgPolicy("p", { using: sql`false`, withCheck: sql`id > 0` })]);
policies("using-dropped", [pgPolicy("p", { using: sql`true` })], [pgPolicy("p")]);
policies("check-changed", [pgPolicy("p", { withCheck: sql`true` })], [pgPolicy("p", { withCheck: sql`id > 0` })]);
policies("check-dropped", [pgPolicy("p", { using: sql`true`, withCheck: sql`id > 0` })], [pgPolicy("p", { using: sql`true` })]);
policies("several", [keep, pgPolicy("a", { using: sql`true` }), pgPolicy("b"), pgPolicy("c")], [keep, pgPolicy("a", { using: sql`false` }), pgPolicy("b", { for: "delete" }), pgPolicy("d")]);
policies("dashes", [keep], [keep, pgPolicy("p", { using: sql`owner <> 'a--b'` })]);
policies("dashes-in-name", [keep], [keep, pgPolicy("p--q")]);
policies("to-rls", [pgPolicy("p")], [pgPolicy("p", { to: "session_user" }), pgPolicy("q")]);
step("policy-to-flag", [t({}, all)], [t({}, all).enableRLS()]);
step("policy-with-flag-dropped", [t({}, all).enableRLS()], [t().enableRLS()]);
step("policy-flag-to-policy", [t().enableRLS()], [t({}, all)]);
step("policy-create-table", [], [t({}, () => [pgPolicy("p", { using: sql`owner = current_user` }), pgPolicy("q", { for: "insert", withCheck: sql`true` })])]);
step("policy-drop-table", [t({}, () => [pgPolicy("p"), pgPolicy("q")]), pgTable("u", { id: key() })], [pgTable("u", { id: key() })]);
step("policy-drop-table-read", [pgTable("u", { id: key() }), t({}, () => [keep, pgPolicy("p", { using: sql`exists (select 1 from u)` })])], [t({}, () => [keep, pgPolicy("p", { using: sql`true` })])]);
step("policy-beside-column", [t()], [t({ c: text("c").notNull().default("x") }, () => [pgPolicy("p", { using: sql`c = 'x'` })])]);
step("policy-column-retyped", [t({}, () => [pgPolicy("p", { using: sql`tenant = 1` })])], [pgTable("t", { id: key(), owner: text("owner"), tenant: numeric("tenant") }, () => [pgPolicy("p", { using: sql`tenant = 1` })])]);
step("policy-column-retyped-unread", [t({}, () => [pgPolicy("p", { using: sql`owner = 'x'` })])], [pgTable("t", { id: key(), owner: text("owner"), tenant: numeric("tenant") }, () => [pgPolicy("p", { using: sql`owner = 'x'` })])]);
step("policy-column-dropped", [t({}, () => [keep, pgPolicy("p", { using: sql`tenant = 1` })])], [pgTable("t", { id: key(), owner: text("owner") }, () => [keep, pgPolicy("p", { using: sql`owner = 'x'` })])]);
step("policy-dropped-with-column", [t({}, () => [keep, pgPolicy("p", { using: sql`tenant = 1` })])], [pgTable("t", { id: key(), owner: text("owner") }, () => [keep])]);
step("policy-read-elsewhere", [pgTable("u", { id: key(), n: integer("n") }), t({}, () => [pgPolicy("p", { using: sql`exists (select 1 from u where n = tenant)` })])], [pgTable("u", { id: key(), n: numeric("n") }), t({}, () => [pgPolicy("p", { using: sql`exists (select 1 from u where n = tenant)` })])]);
step("policy-reads-view", [users(), v("v", ids), t({}, () => [pgPolicy("p", { using: sql`id in (select id from v)` })])], [users(), v("v", sql`select id from users where active`), t({}, () => [pgPolicy("p", { using: sql`id in (select id from v)` })])]);
const moody = (labels) => {
  const mood = pgEnum("mood", labels);
  return [mood, pgTable("t", { id: key(), c: mood("c") }, () => [pgPolicy("p", { using: sql`c = 'a'` })])];
};
step("policy-enum-remade", moody(["a", "b", "c"]), moody(["a", "c"]));

// ---- policies on tables elsewhere

const elsewhere = () => pgTable("elsewhere", { id: integer("id") });
const linked = (name, options) => pgPolicy(name, options).link(elsewhere());
step("linked-create", [], [linked("p", { using: sql`id > 0` })]);
step("linked-drop", [linked("p"), linked("q")], [linked("q")]);
step("linked-as", [linked("p")], [linked("p", { as: "restrictive" })]);
step("linked-to", [linked("p")], [linked("p", { to: "current_user" })]);
step("linked-using", [linked("p", { using: sql`true` })], [linked("p", { using: sql`false` })]);
step("linked-using-dropped", [linked("p", { using: sql`true` })], [linked("p")]);
step("linked-to-own-table", [t()], (() => {
  const table = t();
  return [table, pgPolicy("p").link(table)];
})());
step("linked-several", [linked("a"), linked("b", { using: sql`true` }), linked("c")], [linked("b", { using: sql`false` }), linked("c", { for: "select" }), linked("d")]);

// ---- roles

const role = (id, before, after) => step(`role-${id}`, [pgRole("kinds_role", before)], [pgRole("kinds_role", after)]);
step("role-create", [], [pgRole("kinds_role")]);
step("role-create-all", [], [pgRole("kinds_role", { createDb: true, createRole: true, inherit: false })]);
step("role-create-existing", [], [pgRole("kinds_role").existing()]);
step("role-drop", [pgRole("kinds_role"), pgRole("kinds_other")], [pgRole("kinds_other")]);
step("role-create-and-drop", [pgRole("kinds_role")], [pgRole("kinds_other"), pgRole("kinds_third")]);
role("create-db", {}, { createDb: true });
role("create-role", {}, { createRole: true });
role("no-inherit", {}, { inherit: false });
role("back", { createDb: true, createRole: true, inherit: false }, {});
const withRoles = (names, to) => [...names.map((name) => pgRole(name)), t({}, () => [pgPolicy("p", { to })])];
step("role-create-with-policy", [t()], withRoles(["kinds_role"], ["kinds_role", "public"]));
step("role-drop-with-policy", withRoles(["kinds_role"], "kinds_role"), [t()]);
step("role-drop-with-table", withRoles(["kinds_role"], "kinds_role"), []);
step("role-policy-to", withRoles(["kinds_a", "kinds_b"], "kinds_a"), withRoles(["kinds_a", "kinds_b"], ["kinds_a", "kinds_b", "current_user"]));
step("role-policy-to-quoted", withRoles(["Kinds A", "kinds_b"], "kinds_b"), withRoles(["Kinds A", "kinds_b"], ["Kinds A", "kinds_b"]));
step("role-policy-replaced", withRoles(["kinds_a"], "kinds_a"), withRoles(["kinds_b"], "kinds_b"));

// ---- hostile names and texts

step("hostile-names", [], [
  pgSequence('s"q'),
  pgRole('kinds "r"'),
  pgTable('t"t', { id: key() }, () => [pgPolicy('p"p', { to: 'kinds "r"' })]),
  pgView('v"v', cols()).as(sql`select id from "t""t"`),
]);
step("hostile-semicolon", [t({}, () => [keep])], [t({}, () => [keep, pgPolicy("a;b", { using: sql`owner <> ';'` })]), v("v", sql`select id from t where owner <> ';'`)]);

// ---- all at once

const before = () => {
  const mood = pgEnum("mood", ["a", "b"]);
  const people = pgTable("people", { id: integer("id").primaryKey().default(sql`nextval('people_seq')`), name: varchar("name", { length: 10 }), mood: mood("mood") }, () => [
    pgPolicy("own", { to: "kinds_reader", using: sql`name = current_user` }),
    pgPolicy("moody", { using: sql`mood = 'a'` }),
  ]);
  const gone = pgTable("gone", { id: key() }, () => [pgPolicy("gone_policy")]);
  return [mood, pgSequence("people_seq"), pgSequence("old_seq"), pgRole("kinds_reader"), people, gone, v("names", sql`select id, name from people`), v("of_names", sql`select id from names`), m("counted", sql`select count(*) as id from people`), v("of_gone", sql`select id from gone`)];
};
const after = () => {
  const mood = pgEnum("mood", ["b", "a", "c"]);
  const people = pgTable("people", { id: integer("id").primaryKey().default(sql`nextval('people_seq')`), name: text("name").notNull(), mood: mood("mood"), born: integer("born") }, () => [
    pgPolicy("own", { to: ["kinds_writer"], using: sql`name = current_user` }),
    pgPolicy("moody", { for: "select", using: sql`mood = 'a'` }),
  ]);
  const fresh = pgTable("fresh", { id: key() }).enableRLS();
  return [mood, pgSequence("people_seq", { cache: 5 }), pgSequence("new_seq"), pgRole("kinds_writer", { createDb: true }), people, fresh, v("names", sql`select id, name, born from people`), v("of_names", sql`select id from names`), m("counted", sql`select count(*) as id from people`), m("of_fresh", sql`select id from fresh`)];
};
step("all-create", [], before());
step("all-change", before(), after());
step("all-back", after(), before());
step("all-drop", after(), []);
