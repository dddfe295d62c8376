import { remember, remembered } from "../preferences.js";

/**
 * The texts one works on, each with a connection of its own, and what was run. Kept by the browser for this database.
 *
 * @typedef {{ id: string, name: string, text: string }} Script
 * @typedef {{ sql: string, at: number, ms: number|null, error: string|null }} Run
 */

const MOST_RUNS = 200;

export class Scripts extends EventTarget {
  /** @type {Script[]} */
  all;
  /** @type {Script} */
  current;
  #name;

  /** @param {string} database */
  constructor(database) {
    super();
    this.#name = database;
    this.all = remembered(`scripts:${database}`, []);
    if (this.all.length === 0) this.all = [this.#made(1)];
    const last = remembered(`script:${database}`, "");
    this.current = this.all.find(({ id }) => id === last) ?? this.all[0];
  }

  #made(number) {
    return { id: crypto.randomUUID(), name: `Script ${number}`, text: "" };
  }

  add() {
    const used = this.all.map(({ name }) => Number(/^Script (\d+)$/.exec(name)?.[1] ?? 0));
    const script = this.#made(Math.max(0, ...used) + 1);
    this.all = [...this.all, script];
    this.choose(script);
  }

  /** @param {Script} script */
  choose(script) {
    this.current = script;
    this.#save();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Script} script */
  remove(script) {
    const at = this.all.indexOf(script);
    this.all = this.all.filter((one) => one !== script);
    if (this.all.length === 0) this.all = [this.#made(1)];
    if (this.current === script) this.current = this.all[Math.min(at, this.all.length - 1)];
    this.#save();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {string} text */
  write(text) {
    this.current.text = text;
    this.#save();
  }

  #save() {
    remember(`scripts:${this.#name}`, this.all);
    remember(`script:${this.#name}`, this.current.id);
  }

  /** @returns {Run[]} the latest first */
  get runs() {
    return remembered(`runs:${this.#name}`, []);
  }

  /** @param {Run} run */
  ran(run) {
    const others = this.runs.filter(({ sql }) => sql !== run.sql);
    remember(`runs:${this.#name}`, [run, ...others].slice(0, MOST_RUNS));
  }
}
