import { call } from "../api.js";

/**
 * The connections of the scripts, one each. Another window shows the same scripts and has its own. Tells "change" when a transaction begins or ends.
 */
export class Sessions extends EventTarget {
  #window = crypto.randomUUID();
  /** Whether a transaction is open, by script. @type {Map<string, boolean>} */
  #open = new Map();

  constructor() {
    super();
    addEventListener("beforeunload", (event) => {
      if ([...this.#open.values()].includes(true)) event.preventDefault();
    });
    addEventListener("pagehide", () => this.#close([...this.#open.keys()]));
  }

  /** What the server knows it by. @param {import("./scripts.js").Script} script */
  tab({ id }) {
    if (!this.#open.has(id)) this.#open.set(id, false);
    return this.#name(id);
  }

  /** @param {import("./scripts.js").Script} script */
  inTransaction({ id }) {
    return this.#open.get(id) ?? false;
  }

  /** @param {import("./scripts.js").Script} script @param {boolean} inTransaction */
  tell(script, inTransaction) {
    if (this.inTransaction(script) === inTransaction) return;
    this.#open.set(script.id, inTransaction);
    this.dispatchEvent(new Event("change"));
  }

  /** An open transaction is rolled back, and what runs is cancelled. @param {import("./scripts.js").Script} script */
  end({ id }) {
    if (this.#open.has(id)) this.#close([id]);
  }

  /** @param {string[]} ids */
  #close(ids) {
    if (ids.length === 0) return;
    for (const id of ids) this.#open.delete(id);
    // It has to arrive even if the page goes now; a server that is gone has ended them already.
    call("close", { tabs: ids.map((id) => this.#name(id)) }, { keepalive: true }).catch(() => null);
  }

  #name(id) {
    return `${this.#window}/${id}`;
  }
}
