/**
 * The API's data, as the server sends it. Relations are named by oid, columns by attnum.
 *
 * @typedef {{ message: string, code?: string, detail?: string, hint?: string, position?: number, constraint?: string }} ServerError
 * @typedef {{ project: string, database: string, host: string, local: boolean, readOnly: boolean, user: string, serverVersion: string,
 *             places: string[] }} Session
 * @typedef {"table"|"view"|"materialized-view"|"partitioned"|"partition"|"foreign"} RelationKind
 * @typedef {{ id: number, name: string, kind: RelationKind, parent?: number|null, rows: number|null, bytes: number|null, comment?: string|null }} RelationEntry
 * @typedef {{ name: string, relations: RelationEntry[] }} SchemaEntry
 *
 * @typedef {{ cut: true, text: string, bytes: number }} CutValue  a value too long for a page of rows
 * @typedef {{ default: true }} DefaultValue  what the database (or, for new rows, the application) puts in
 * @typedef {string|null|CutValue|DefaultValue} Value
 * @typedef {"enum"|"boolean"|"json"|"jsonb"|"number"|"text"|"bytea"|"timestamp"|"date"|"time"|"uuid"|"array"|"range"|"composite"|"other"} Base
 * @typedef {{ number: number, name: string, type: string, base: Base, notNull: boolean, default: string|null, appDefault: boolean,
 *             generated: null|"stored"|"identity-always"|"identity-default", enumLabels?: string[], comment?: string|null,
 *             primaryKey: boolean, foreignKeys: number[] }} Column
 * @typedef {{ name: string, columns: number[], relation: number, schema: string, table: string, referenced: number[],
 *             referencedNames: string[] }} ForeignKey
 * @typedef {{ id: number, schema: string, name: string, kind: RelationKind, comment: string|null, columns: Column[], primaryKey: number[]|null,
 *             identity: { kind: "primary-key"|"unique"|"ctid"|"none", columns: number[], reason?: string|null },
 *             writable: { insert: boolean, update: boolean, delete: boolean, reason?: string|null },
 *             foreignKeys: ForeignKey[], referencedBy: ForeignKey[],
 *             indexes: { name: string, columns: string[], unique: boolean, method: string }[], rows: number|null }} Relation
 * @typedef {unknown} RowKey  opaque; handed back as it came
 * @typedef {{ key: RowKey|null, values: Value[] }} Row
 * @typedef {{ column: number, desc: boolean }} Sort
 * @typedef {{ column: number, op: string, value: string|string[]|null }} Filter
 * @typedef {{ columns: number[], rows: Row[], first: string|null, last: string|null, hasNext: boolean, hasPrevious: boolean, ms: number, sql: string }} Page
 */
export {};
