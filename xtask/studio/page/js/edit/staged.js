import { isCut, sameValue } from "../grid/value.js";

/**
 * Changes that are made here and not in the database yet. They outlive a change of table and a lost connection; nothing is written before
 * someone applies them, all in one transaction.
 *
 * @typedef {import("../types.js").Value} Value
 * @typedef {import("../types.js").Relation} Relation
 * @typedef {{ kind: "insert"|"update"|"delete", relation: Relation, id: string, key: unknown, before: Record<number, Value>,
 *             values: Record<number, Value> }} Change
 *   id: of the row in the grid; before: the row as it was read; values: by column number
 * @typedef {{ index: number, error: import("../types.js").ServerError, conflict: { now: Value[]|null }|null }} Failure
 */

class Staged extends EventTarget {
  /** @type {readonly Change[]} */
  #changes = [];
  /** @type {(readonly Change[])[]} */
  #past = [];
  #inserted = 0;
  /** @type {Failure|null} what the server said of the last attempt */
  failure = null;

  get all() {
    return this.#changes;
  }

  get count() {
    return this.#changes.length;
  }

  /** @param {number} relation */
  of(relation) {
    return this.#changes.filter((one) => one.relation.id === relation);
  }

  /** @param {number} relation @param {string} id */
  find(relation, id) {
    return this.#changes.find((one) => one.relation.id === relation && one.id === id);
  }

  /**
   * A new row, which the database fills where nothing is said.
   *
   * @param {Relation} relation
   * @param {Record<number, Value>} values
   * @returns {string} its id
   */
  insert(relation, values) {
    this.#inserted += 1;
    const id = `new-${this.#inserted}`;
    this.#become([...this.#changes, { kind: "insert", relation, id, key: null, before: {}, values }]);
    return id;
  }

  /**
   * One value of a row. Back to what it was means no change.
   *
   * @param {Relation} relation
   * @param {{ id: string, key: unknown, before: Record<number, Value> }} row
   * @param {Record<number, Value>} values
   */
  update(relation, row, values) {
    const known = this.find(relation.id, row.id);
    if (known?.kind === "delete") return;
    if (known?.kind === "insert") {
      this.#replace(known, { ...known, values: { ...known.values, ...values } });
      return;
    }
    // What a staged value was based on stays so, even if the row has been read again since: whether it is so yet is asked when it is applied.
    const based = Object.fromEntries(Object.keys(known?.values ?? {}).map((number) => [number, known?.before[number]]));
    this.#stage(known, { kind: "update", relation, ...row, before: { ...row.before, ...based }, values: { ...known?.values, ...values } });
  }

  /**
   * Bases a change on what its row is by now: what stays of it is meant to be written over that.
   *
   * @param {Change} known
   * @param {Record<number, Value>} now
   */
  rebase(known, now) {
    if (known.kind === "update") this.#stage(known, { ...known, before: now });
    else this.#replace(known, { ...known, before: now });
  }

  /** Stages of an update what differs from the row. @param {Change|undefined} known in whose place @param {Change} update */
  #stage(known, update) {
    const changed = Object.entries(update.values).filter(([number, value]) => !sameValue(update.before[Number(number)], value));
    const change = { ...update, values: Object.fromEntries(changed) };
    if (known) this.#replace(known, changed.length > 0 ? change : null);
    else if (changed.length > 0) this.#become([...this.#changes, change]);
  }

  /** @param {Relation} relation @param {{ id: string, key: unknown, before: Record<number, Value> }[]} rows */
  delete(relation, rows) {
    let changes = this.#changes;
    for (const row of rows) {
      const known = changes.find((one) => one.relation.id === relation.id && one.id === row.id);
      changes = changes.filter((one) => one !== known);
      if (known?.kind !== "insert") changes = [...changes, { kind: "delete", relation, ...row, values: {} }];
    }
    this.#become(changes);
  }

  /** Forgets what is staged for these rows. @param {number} relation @param {string[]} ids */
  restore(relation, ids) {
    this.#become(this.#changes.filter((one) => one.relation.id !== relation || !ids.includes(one.id)));
  }

  /** @returns {boolean} whether there was something to take back */
  undo() {
    const past = this.#past.pop();
    if (!past) return false;
    this.#changes = past;
    this.#told();
    return true;
  }

  /** Forgets everything. */
  clear() {
    this.#become([]);
  }

  /** Everything was applied: there is nothing to take back any more. @param {import("../types.js").Row[]} rows as they became, one a change */
  applied(rows) {
    const changes = this.#changes;
    this.#changes = [];
    this.#past = [];
    this.dispatchEvent(new CustomEvent("applied", { detail: changes.map((change, index) => ({ change, row: rows[index] })) }));
    this.#told();
  }

  /** @param {Failure} failure */
  fail(failure) {
    this.failure = failure;
    this.dispatchEvent(new Event("change"));
  }

  /** The changes as the server wants them. */
  wire() {
    return this.#changes.map(wireChange);
  }

  #replace(known, change) {
    this.#become(this.#changes.flatMap((one) => (one === known ? (change ? [change] : []) : [one])));
  }

  #become(changes) {
    this.#past.push(this.#changes);
    this.#changes = changes;
    this.#told();
  }

  #told() {
    this.failure = null;
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Change} change */
function wireChange({ kind, relation, key, before, values }) {
  if (kind === "insert") return { relation: relation.id, insert: values };
  const guards = kind === "delete" || relation.identity.kind === "ctid" ? Object.keys(before).map(Number) : Object.keys(values).map(Number);
  const old = Object.fromEntries(guards.filter((number) => !isCut(before[number])).map((number) => [number, before[number]]));
  return { relation: relation.id, key, old, ...(kind === "delete" ? { delete: true } : { update: values }) };
}

export const staged = new Staged();
