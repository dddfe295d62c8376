// Steps with renamed objects, into renames.jsonl. See evolution.mjs.
import { sql } from "drizzle-orm";
import { check, foreignKey, index, integer, pgEnum, pgMaterializedView, pgPolicy, pgRole, pgSchema, pgSequence, pgTable, pgView, primaryKey, serial, text, unique } from "drizzle-orm/pg-core";

export const steps = [];

const step = (id, from, to, renames, answers) => steps.push({ id: `renamed-${id}`, from, to, renames, answers });

const key = () => integer("id").primaryKey();

// ---- columns

/** A table `t` whose column `a` is called `b` afterwards; `make` gives the other columns, and constraints, for either name. */
const column = (id, make, others = () => []) => {
  const side = (name) => {
    const [columns, extra] = make(name);
    const t = pgTable("t", { id: key(), [name]: integer(name), ...columns }, extra);
    return [t, ...others(t, name)];
  };
  step(`column-${id}`, side("a"), side("b"), ["public.t.a->public.t.b"], [1]);
};

column("in-check", (name) => [{}, (t) => [check("k", sql`${t[name]} > 0`)]]);
column("in-generated", (name) => [{ twice: integer("twice").generatedAlwaysAs(sql.raw(`"${name}" * 2`)) }, (t) => [index("twice_idx").on(t.twice)]]);
column("in-index-expression", (name) => [{}, (t) => [index("i").on(sql`(${t[name]} + 1)`).where(sql`${t[name]} > 5`)]]);
column("in-primary-key", (name) => [{ c: integer("c") }, undefined]);
column("in-foreign-key", (name) => [{}, (t) => [foreignKey({ columns: [t[name]], foreignColumns: [t.id] })]]);
column("in-policy", (name) => [{}, () => [pgPolicy("p", { using: sql.raw(`"${name}" > 0`) })]]);
column("in-view", () => [{}, undefined], (t, name) => [pgView("v", { id: integer("id") }).as(sql.raw(`select id, ${name} from t`))]);
column("in-view-of-all", () => [{}, undefined], () => [pgView("v", { id: integer("id") }).as(sql`select * from t`)]);
const composite = (name) => {
  const t = pgTable("t", { c: integer("c").notNull(), [name]: integer(name).notNull() }, (t) => [primaryKey({ name: "pk", columns: [t.c, t[name]] })]);
  const u = pgTable("u", { id: key(), c: integer("c"), d: integer("d") }, (u) => [foreignKey({ name: "fk", columns: [u.c, u.d], foreignColumns: [t.c, t[name]] })]);
  return [t, u];
};
step("column-of-referenced-key", composite("a"), composite("b"), ["public.t.a->public.t.b"], [1]);
const referenced = (name) => {
  const t = pgTable("t", { id: key(), [name]: integer(name).unique() });
  return [t, pgTable("u", { id: key(), c: integer("c").references(() => t[name]) })];
};
step("column-referenced", referenced("a"), referenced("b"), ["public.t.a->public.t.b"], [1]);
const serials = (name) => [pgTable("t", { id: key(), [name]: serial(name) })];
step("column-serial", serials("a"), serials("b"), ["public.t.a->public.t.b"], [1]);
const identities = (name) => [pgTable("t", { id: key(), [name]: integer(name).generatedAlwaysAsIdentity() })];
step("column-identity", identities("a"), identities("b"), ["public.t.a->public.t.b"], [1]);
step("column-and-name-taken-by-what-goes",
  [pgTable("t", { a: integer("a"), c: integer("c"), d: integer("d") }, (t) => [primaryKey({ name: "k", columns: [t.c, t.d] }), unique("u").on(t.c)])],
  [pgTable("t", { b: integer("b"), c: integer("c").notNull() }, (t) => [unique("k").on(t.c)])], ["public.t.a->public.t.b"], [1]);
step("column-and-everything", [pgTable("t", { id: key(), a: integer("a").default(1) })], [pgTable("t", { id: key(), b: text("b").notNull().default("x") })], ["public.t.a->public.t.b"], [1]);
const retyped = (name, c) => [pgTable("t", { id: key(), [name]: c }, () => [pgPolicy("p", { using: sql.raw(`"${name}" is not null`) })]), pgView("v", { id: integer("id") }).as(sql.raw(`select id, ${name} from t`))];
step("column-and-type-read", retyped("a", integer("a")), retyped("b", text("b")), ["public.t.a->public.t.b"], [1]);
step("columns-two", [pgTable("t", { id: key(), a: integer("a"), b: text("b") })], [pgTable("t", { id: key(), c: integer("c"), d: text("d") })], ["public.t.a->public.t.c", "public.t.b->public.t.d"], [1, 1]);
step("column-beside-new-table", [pgTable("t", { id: key(), a: integer("a") })], [pgTable("s", { id: key(), a: integer("a") }), pgTable("t", { id: key(), b: integer("b") })], ["public.t.a->public.t.b"], [1]);

// ---- tables

const people = (name, more = {}) => pgTable(name, { id: serial("id").primaryKey(), email: text("email").unique(), ...more });
step("table-serial-key", [people("users")], [people("people")], ["public.users->public.people"], [1]);
step("table-and-column-type", [people("users", { age: text("age") })], [people("people", { age: integer("age") })], ["public.users->public.people"], [1]);
step("table-and-column", [people("users", { age: integer("age") })], [people("people", { years: integer("years") })], ["public.users->public.people", "public.people.age->public.people.years"], [1, 1]);
const referring = (name) => {
  const t = people(name);
  return [t, pgTable("posts", { id: key(), author: integer("author").references(() => t.id) })];
};
step("table-referenced", referring("users"), referring("people"), ["public.users->public.people"], [1]);
step("table-and-another-takes-its-name", [pgTable("users", { id: key(), a: text("a") })], [pgTable("users", { id: key() }), pgTable("users_old", { id: key(), a: text("a") })], ["public.users->public.users_old"], []);
step("table-in-view", [people("users"), pgView("v", { id: integer("id") }).as(sql`select id from users`)], [people("people"), pgView("v", { id: integer("id") }).as(sql`select id from people`)], ["public.users->public.people"], [1]);
step("table-in-materialized-view", [people("users"), pgMaterializedView("v", { id: integer("id") }).as(sql`select id from users`)], [people("people"), pgMaterializedView("v", { id: integer("id") }).as(sql`select id from people`)], ["public.users->public.people"], [1]);
const secured = (name) => pgTable(name, { id: key(), owner: text("owner") }, () => [pgPolicy("own", { using: sql`owner = current_user` })]);
step("table-with-policy", [secured("notes")], [secured("memos")], ["public.notes->public.memos"], [1]);
step("table-and-row-security", [pgTable("notes", { id: key() })], [pgTable("memos", { id: key() }).enableRLS()], ["public.notes->public.memos"], [1]);
const moved = (schema, name) => {
  const [a, b] = [pgSchema("a"), pgSchema("b")];
  return [a, b, (schema === "a" ? a : b).table(name, { id: serial("id").primaryKey(), n: integer("n").generatedAlwaysAsIdentity() })];
};
step("table-moved", moved("a", "t"), moved("b", "t"), ["a.t->b.t"], [1]);
step("table-moved-and-renamed", moved("a", "t"), moved("b", "u"), ["a.t->b.u"], [1]);
const keys = (name) => [pgTable(name, { a: integer("a"), b: integer("b"), c: integer("c") }, (t) => [primaryKey({ columns: [t.a, t.b] }), unique().on(t.c), index().on(t.b, t.c)])];
step("table-with-automatic-names", keys("t"), keys("u"), ["public.t->public.u"], [1]);

// ---- everything else

const moods = (name, labels = ["a", "b"]) => {
  const mood = pgEnum(name, labels);
  return [mood, pgTable("t", { id: key(), c: mood("c").default("a"), d: mood("d").array() }, (t) => [index("i").on(t.id).where(sql`${t.c} = 'a'`)])];
};
step("enum", moods("mood"), moods("feeling"), ["public.mood->public.feeling"], [1]);
step("enum-and-label-added", moods("mood"), moods("feeling", ["a", "x", "b"]), ["public.mood->public.feeling"], [1]);
step("enum-and-label-removed", moods("mood", ["a", "b", "c"]), moods("feeling"), ["public.mood->public.feeling"], [1]);
step("enum-label", moods("mood", ["x", "b"]).slice(0, 1), moods("mood", ["y", "b"]).slice(0, 1), ["public.mood.x->public.mood.y"], []);
const labelled = (label) => {
  const mood = pgEnum("mood", [label, "b"]);
  return [mood, pgTable("t", { id: key(), c: mood("c").default(label), d: mood("d").array() })];
};
step("enum-label-used", labelled("x"), labelled("y"), ["public.mood.x->public.mood.y"], []);
const numbered = (name) => [pgSequence(name, { startWith: 5 }), pgTable("t", { id: integer("id").primaryKey().default(sql.raw(`nextval('${name}')`)) })];
step("sequence", numbered("a"), numbered("b"), ["public.a->public.b"], [1]);
step("sequence-and-options", [pgSequence("a")], [pgSequence("b", { increment: 5 })], ["public.a->public.b"], [1]);
const ruled = (role) => [pgRole(role), pgTable("t", { id: key() }, () => [pgPolicy("p", { to: [role] })])];
step("role", ruled("reader"), ruled("viewer"), ["reader->viewer"], [1]);
step("role-and-rights", [pgRole("reader")], [pgRole("viewer", { createDb: true })], ["reader->viewer"], [1]);
const named = (name, using) => [pgTable("t", { id: key() }, () => [pgPolicy(name, { using })])];
step("policy", named("p", sql`true`), named("q", sql`true`), ["public.t.p->public.t.q"], [1]);
step("policy-and-condition", named("p", sql`true`), named("q", sql`id > 5`), ["public.t.p->public.t.q"], [1]);
const viewed = (name, query = sql`select id from t`) => [pgTable("t", { id: key() }), pgView(name, { id: integer("id") }).as(query)];
step("view", viewed("v"), viewed("w"), ["public.v->public.w"], [1]);
step("view-and-query", viewed("v"), viewed("w", sql`select id from t where id > 5`), ["public.v->public.w"], [1]);
const within = (name) => {
  const s = pgSchema(name);
  const mood = s.enum("mood", ["a"]);
  const t = s.table("t", { id: serial("id").primaryKey(), c: mood("c").default("a"), n: integer("n").generatedAlwaysAsIdentity() }, (t) => [index("i").on(t.c), check("k", sql`${t.n} > 0`)]);
  return [s, mood, s.sequence("s"), t, s.view("v", { id: integer("id") }).as(sql.raw(`select id from ${name}.t`))];
};
step("schema-with-everything", within("app"), within("main"), ["app->main"], [1]);
const empty = (name) => [pgSchema(name), pgSchema("other")];
step("schema-empty", empty("app"), empty("main"), ["app->main"], [1]);
