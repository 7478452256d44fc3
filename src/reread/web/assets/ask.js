// Questions to the server: with the token, and again when it says so.

import { SAY } from "./words.js";

const LONGEST_TIMER = 60_000; // milliseconds
let token = null; // nowhere else, so that it is gone with the page
let nextAt = 0; // before which the server wants no question

/** The server gives no answer; `status` 0: it could not be reached. `why`: gives the reason, in the page's language where it is the page's. */
export class Refused extends Error {
  constructor(status, why) {
    super(why());
    this.status = status;
    this.why = why;
  }
}

/** Whether a token can stand in a header. */
export function isToken(given) {
  return /^[\x21-\x7e]+$/.test(given);
}

/** Use this token from now on; null: none. */
export function useToken(given) {
  token = given;
  nextAt = 0;
}

export function hasToken() {
  return token !== null;
}

/** Wait; ends with an AbortError if the signal comes first. */
export function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * The server's reply. Where it is full it is asked again after the time that it names.
 *
 * `body`: what is sent as JSON; or `file`: what is sent as it is, of its `type`; without either the path is read. `accept`: the
 * type of the reply, where there are several. `waits` is called with the seconds until it is asked again.
 */
export async function ask(path, { body, file, type, accept, signal, waits = () => {} } = {}) {
  const request = requestOf({ body, file, type, accept });
  for (;;) {
    const left = nextAt - performance.now();
    if (left > 0) waits(Math.ceil(left / 1000));
    while (nextAt > performance.now()) await pause(Math.min(nextAt - performance.now(), LONGEST_TIMER), signal);
    const reply = await sent(path, request, signal);
    if (reply.ok) return reply;
    const seconds = Number(reply.headers.get("retry-after"));
    if (!(reply.status === 429 || reply.status === 503) || !(seconds > 0)) throw await refusal(reply);
    nextAt = performance.now() + 1000 * seconds;
  }
}

function requestOf({ body, file, type, accept }) {
  const headers = accept === undefined ? {} : { accept };
  if (body === undefined && file === undefined) return { headers };
  headers["content-type"] = file === undefined ? "application/json" : type;
  return { method: "POST", headers, body: file ?? JSON.stringify(body) };
}

async function sent(path, { headers, ...request }, signal) {
  const known = token === null ? {} : { authorization: `Bearer ${token}` };
  try {
    return await fetch(path, { ...request, headers: { ...headers, ...known }, signal, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    signal?.throwIfAborted();
    throw new Refused(0, () => SAY.unreachable);
  }
}

async function refusal(reply) {
  try {
    const { detail } = await reply.json();
    return new Refused(reply.status, () => detail);
  } catch {
    return new Refused(reply.status, () => SAY.serverSays(reply.status));
  }
}
