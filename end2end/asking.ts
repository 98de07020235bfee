// Asking: HTTP as a program speaks it, where `fetch` cannot: from another address, past a certificate of the test's own.
import { type IncomingHttpHeaders, type IncomingMessage, type RequestOptions, request as plain } from "node:http";
import { request as secure } from "node:https";
import { createGunzip, gunzipSync } from "node:zlib";
import { until } from "./tidings.js";

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Question {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The address to ask from; all of 127.0.0.0/8 is this machine. */
  from?: string;
}

/** Longest wait for the end of an answer. */
const PATIENCE_MS = 40_000;

/** An address that can be asked. */
export class Asking {
  private readonly streams: Reader[] = [];

  constructor(readonly url: string) {}

  /** One question; the whole answer. */
  async ask(path: string, question: Question = {}): Promise<Answer> {
    const { message } = await this.open(path, question);
    const parts: Buffer[] = [];
    for await (const part of message) parts.push(part);
    const bytes = Buffer.concat(parts);
    const body = (message.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes).toString();
    return { status: message.statusCode ?? 0, headers: message.headers, body };
  }

  /** Opens a person's stream, whose events are read as they come. */
  async stream(token: string, query = ""): Promise<Reader> {
    const stream = new Reader(await this.open(`/events${query}`, { headers: { authorization: `Bearer ${token}`, "accept-encoding": "gzip" } }));
    this.streams.push(stream);
    return stream;
  }

  /** Closes all streams that are open. */
  hangUp() {
    for (const stream of this.streams.splice(0)) stream.close();
  }

  /** Asks for a person's events by long polling. */
  async poll(token: string, query: string): Promise<Answer & { events: Event[] }> {
    const headers = { authorization: `Bearer ${token}`, "accept-encoding": "gzip" };
    const answer = await this.ask(`/events?${query}`, { headers });
    return { ...answer, events: answer.body.split("\n\n").filter(Boolean).map(read) };
  }

  /** Sends as a program; when the server had stored it. */
  async send(token: string, to: string, title: string): Promise<Answer> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    return this.ask("/api/v1/messages", { method: "POST", headers, body: JSON.stringify({ to: [to], title }) });
  }

  /** Up to the head of the answer. */
  private open(path: string, { from, body, ...question }: Question): Promise<Opened> {
    const options: RequestOptions & { rejectUnauthorized: boolean } = {
      ...question,
      agent: false,
      rejectUnauthorized: false, // the certificate was made a moment ago
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...(from && { localAddress: from }),
    };
    return new Promise((opened, failed) => {
      const ask = this.url.startsWith("https:") ? secure : plain;
      const request = ask(this.url + path, options, (message) => opened({ message, close: () => request.destroy() }));
      request.on("error", failed);
      request.end(body);
    });
  }
}

interface Opened {
  message: IncomingMessage;
  close: () => void;
}

export interface Event {
  name: string;
  id?: string;
  data: Record<string, unknown>;
  /** When it came. */
  at: number;
}

/** An open stream. */
export class Reader {
  readonly events: Event[] = [];
  /** The end came. */
  ended = false;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly close: () => void;

  constructor({ message, close }: Opened) {
    this.status = message.statusCode ?? 0;
    this.headers = message.headers;
    this.close = close;
    let rest = "";
    const text = message.headers["content-encoding"] === "gzip" ? message.pipe(createGunzip()) : message;
    text.on("error", () => (this.ended = true)); // cut in the middle
    text.setEncoding("utf8").on("data", (text: string) => {
      const blocks = (rest + text).split("\n\n");
      rest = blocks.pop() ?? "";
      this.events.push(...blocks.map(read));
    });
    message.on("close", () => (this.ended = true));
    message.on("error", () => (this.ended = true));
  }

  /** Waits for an event with this name. */
  async until(name: string, ms: number): Promise<Event | undefined> {
    const found = () => this.events.find((event) => event.name === name);
    await until(ms, () => found() || this.ended);
    return found();
  }
}

function read(block: string): Event {
  const field = (name: string) => block.match(new RegExp(`^${name}: (.*)$`, "m"))?.[1];
  const id = field("id");
  return { name: field("event") ?? "", ...(id && { id }), data: JSON.parse(field("data") ?? "{}"), at: Date.now() };
}
