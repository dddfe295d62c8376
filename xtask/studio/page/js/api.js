/** The only door to the server: POST of JSON with the key that stood in the address. */

/** @typedef {import("./types.js").ServerError} ServerError */

const STORED = "db-studio-token";

/** What the server, or PostgreSQL through it, refused. */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {ServerError} error
   * @param {any} [body] the whole answer: applying changes says there which of them failed
   */
  constructor(status, error, body = {}) {
    super(error.message);
    this.status = status;
    this.error = error;
    this.body = body;
  }
}

/** Tells "lost" (with a message as detail), "regained", and that there is another "key". */
export const connection = new EventTarget();

let lost = false;

/**
 * Takes the key out of the address, so that it is in no bookmark, screenshot or history.
 *
 * @param {string} [place] where one is if the address does not say
 */
export function takeToken(place = "") {
  const given = /^#t=([\w-]+)(?:&(.*))?$/.exec(location.hash);
  if (!given) return;
  sessionStorage.setItem(STORED, given[1]);
  history.replaceState(null, "", `/${given[2] ? `#${given[2]}` : place}`);
  connection.dispatchEvent(new Event("key"));
}

/**
 * @param {string} name of the call
 * @param {object} [body]
 * @param {{ signal?: AbortSignal, keepalive?: boolean }} [options]
 * @returns {Promise<any>} the answer
 * @throws {ApiError}
 */
export async function call(name, body = {}, options = {}) {
  const response = await send(name, body, options);
  const text = await response.text().catch((error) => cannotReach(error));
  const answer = JSON.parse(text || "{}");
  return answer;
}

/**
 * Asks for an answer that is a file.
 *
 * @param {string} name
 * @param {object} body
 * @returns {Promise<{ name: string, blob: Blob }>}
 * @throws {ApiError}
 */
export async function download(name, body) {
  const response = await send(name, body, {});
  // The browser keeps a large blob in a file, not in memory; what breaks off on its way is none.
  const blob = await response.blob().catch((error) => cannotReach(error));
  return { name: fileName(response.headers.get("Content-Disposition") ?? "") ?? name, blob };
}

/** The whole name, or its ASCII letters. @param {string} disposition */
function fileName(disposition) {
  const whole = /filename\*=UTF-8''([^;]*)/.exec(disposition);
  return whole ? decodeURIComponent(whole[1]) : /filename="([^"]*)"/.exec(disposition)?.[1];
}

/**
 * @param {string} name
 * @param {object} body
 * @param {{ signal?: AbortSignal, keepalive?: boolean }} options
 * @returns {Promise<Response>} one that is no error
 */
async function send(name, body, { signal, keepalive }) {
  const response = await fetch(`/api/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${sessionStorage.getItem(STORED) ?? ""}` },
    body: JSON.stringify(body),
    cache: "no-store",
    signal,
    keepalive,
  }).catch((error) => cannotReach(error));
  if (response.ok) {
    regained();
    return response;
  }
  const answer = await response.json().catch(() => ({}));
  const error = answer.error ?? { message: `The server answered ${response.status}.` };
  if (response.status === 401) {
    tellLost("This page has no valid key. Open the address that the running `db studio` printed, here in this tab, so that staged changes are kept; a new start makes a new one.");
  } else if (response.status === 503) {
    tellLost(error.message);
  } else {
    regained();
  }
  throw new ApiError(response.status, error, answer);
}

/** @param {any} error @returns {never} */
function cannotReach(error) {
  if (error.name === "AbortError") throw error;
  const message = "The server of db studio cannot be reached. Staged changes are kept here; start it again or retry.";
  tellLost(message);
  throw new ApiError(0, { message });
}

function tellLost(message) {
  lost = true;
  connection.dispatchEvent(new CustomEvent("lost", { detail: message }));
}

function regained() {
  if (!lost) return;
  lost = false;
  connection.dispatchEvent(new Event("regained"));
}

/** Was the question withdrawn by who asked it? @param {any} error */
export function isWithdrawn(error) {
  return error?.name === "AbortError";
}
