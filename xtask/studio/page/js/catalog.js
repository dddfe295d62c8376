/** What is known of the database: the session, its relations, and the details of those that were looked at. */

import { call } from "./api.js";

/** @typedef {import("./types.js").Relation} Relation */
/** @typedef {import("./types.js").RelationEntry} RelationEntry */

class Catalog extends EventTarget {
  /** @type {import("./types.js").Session} */
  session;
  /** @type {import("./types.js").SchemaEntry[]} */
  schemas = [];
  /** @type {Map<number, Promise<Relation>>} */
  #relations = new Map();

  /** Reads the session and all relations. Tells "change". */
  async load() {
    const [session, { schemas }] = await Promise.all([call("session"), call("relations")]);
    this.session = session;
    this.schemas = schemas;
    this.#relations.clear();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} schema @param {string} name @returns {RelationEntry|undefined} */
  find(schema, name) {
    return this.schemas.find((one) => one.name === schema)?.relations.find((one) => one.name === name);
  }

  /** @param {number} id @returns {{ schema: string, name: string }|undefined} */
  nameOf(id) {
    for (const schema of this.schemas) {
      const found = schema.relations.find((one) => one.id === id);
      if (found) return { schema: schema.name, name: found.name };
    }
    return undefined;
  }

  /**
   * The columns, keys and links of a relation, read when first asked for.
   *
   * @param {number} id
   * @param {{ again?: boolean }} [options] again: what was read before may be out of date
   * @returns {Promise<Relation>}
   */
  relation(id, { again = false } = {}) {
    const known = this.#relations.get(id);
    if (known && !again) return known;
    const asked = call("relation", { id });
    this.#relations.set(id, asked);
    asked.catch(() => this.#relations.delete(id));
    return asked;
  }
}

export const catalog = new Catalog();

/** The name as one writes it: the schema only where it is not `public`. @param {{ schema: string, name: string }} relation */
export function shownName({ schema, name }) {
  return schema === "public" ? name : `${schema}.${name}`;
}

const KINDS = {
  table: "table",
  view: "view",
  "materialized-view": "materialized view",
  partitioned: "partitioned table",
  partition: "partition",
  foreign: "foreign table",
};

/** @param {import("./types.js").RelationKind} kind */
export function kindName(kind) {
  return KINDS[kind];
}
