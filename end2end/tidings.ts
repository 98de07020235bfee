// Tidings: one running server, the release binary alone in an empty folder, with its own database. Speaks in verbs.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const BINARY = resolve(import.meta.dirname, process.env.TIDINGS_BIN || "../target/release/tidings");

/** How often the server shows a sign of life, and looks again whether a session is still good. */
export const BEAT_MS = 2000;

export interface Person {
  name: string;
  display: string;
  password: string;
}

export interface Message {
  to: string[] | "everyone";
  title: string;
  body?: string;
  priority?: "low" | "normal" | "high" | "urgent";
  link?: string;
  category?: string;
  tags?: string[];
  collapse_key?: string;
  acknowledge?: boolean;
  actions?: { label: string; url: string }[];
}

let made = 0;
/** A word that no other test has. */
export const unique = (word: string) => `${word}${process.pid.toString(36)}x${(made++).toString(36)}`;

export class Tidings {
  readonly folder = mkdtempSync(join(tmpdir(), "tidings-e2e-"));
  readonly binary = join(this.folder, "tidings");
  readonly log: string[] = [];
  port = 0;
  private child?: ChildProcess;

  private constructor(private readonly settings: string[]) {}

  /** Starts a server on a free port, with more settings. */
  static async launch(settings: string[] = []): Promise<Tidings> {
    const tidings = new Tidings(settings);
    copyFileSync(BINARY, tidings.binary);
    tidings.port = await freePort();
    await tidings.start();
    return tidings;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Nothing of the machine's but what a bare process needs; above all no TIDINGS_ variable. */
  private get env() {
    return { PATH: "/usr/bin:/bin", HOME: this.folder, RUST_BACKTRACE: "1" };
  }

  /** Starts it on its port with its data, and waits until it is ready. */
  async start() {
    const options = ["serve", "--listen", `127.0.0.1:${this.port}`, "--data-dir", "data", "--beat", `${BEAT_MS / 1000}s`, ...this.settings];
    const child = spawn(this.binary, options, { cwd: this.folder, env: this.env, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    for (const output of [child.stdout, child.stderr]) {
      output.setEncoding("utf8");
      let rest = "";
      output.on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        this.log.push(...lines);
      });
    }
    const ready = await until(10_000, async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}:\n${this.log.join("\n")}`);
      return (await fetch(`${this.url}/readyz`).catch(() => undefined))?.ok;
    });
    if (!ready) throw new Error(`the server is not ready after 10 s:\n${this.log.join("\n")}`);
  }

  /** Ends it by a signal and waits until it is gone; how it ended. */
  async end(signal: "SIGKILL" | "SIGTERM", seconds = 8): Promise<number | null> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
    child.kill(signal);
    const late = pause(seconds * 1000, "late" as const, { ref: false });
    const outcome = await Promise.race([gone, late]);
    if (outcome !== "late") return outcome;
    child.kill("SIGKILL");
    await gone;
    throw new Error(`the server did not end within ${seconds} s after ${signal}`);
  }

  kill = () => this.end("SIGKILL");

  /** It hangs: connections are taken, nothing is answered. */
  freeze = () => this.child?.kill("SIGSTOP");
  thaw = () => this.child?.kill("SIGCONT");

  /** The same address and data again. */
  restart = () => this.start();

  /** Ends it, removes its folder, and tells of errors that it logged. */
  async close() {
    try {
      await this.end("SIGTERM");
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
    const errors = this.log.filter((line) => /\bERROR\b|panicked at/.test(line));
    if (errors.length) throw new Error(`the server logged errors:\n${errors.join("\n")}`);
  }

  /** Runs a command of the same binary on the same data; what it printed. */
  cli(args: string[], input = ""): string {
    const run = spawnSync(this.binary, [...args, "--data-dir", "data"], {
      cwd: this.folder,
      env: this.env,
      input,
      encoding: "utf8",
      timeout: 15_000,
    });
    if (run.status !== 0) throw new Error(`tidings ${args.join(" ")} ended with ${run.status}: ${run.stderr}${run.stdout}`);
    return run.stdout;
  }

  /** Makes a person whose name no other test has. */
  person(word: string, options: { admin?: boolean } = {}): Person {
    const name = unique(word);
    const person = { name, display: `${word[0]?.toUpperCase()}${word.slice(1)} Example`, password: `correct horse ${name}` };
    const role = options.admin ? ["--admin"] : [];
    this.cli(["user", "add", name, "--display-name", person.display, "--password-stdin", ...role], person.password);
    return person;
  }

  admin = (word = "olga") => this.person(word, { admin: true });

  disable = (person: Person) => this.cli(["user", "disable", person.name]);

  token(person: Person, scope: "read" | "send"): string {
    const token = this.cli(["token", "create", person.name, "--scope", scope]).match(/td_[\w-]{43}/)?.[0];
    if (!token) throw new Error("`tidings token create` printed no token");
    return token;
  }

  /** One try of sending as a program. Throws when the server is not there. */
  async post(token: string, message: Message, key?: string): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...(key && { "idempotency-key": key }) };
    const body = JSON.stringify(message);
    return fetch(`${this.url}/api/v1/messages`, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
  }

  /** Sends as a program, waits its turn when it is told to, and gives the message's id. */
  async send(token: string, message: Message): Promise<number> {
    for (;;) {
      const answer = await this.post(token, message);
      const body = await answer.text();
      if (answer.status === 201) return JSON.parse(body).id;
      if (answer.status !== 429 && answer.status !== 503) throw new Error(`sending was answered ${answer.status}: ${body}`);
      await pause(1000 * Number(answer.headers.get("retry-after") ?? 1));
    }
  }

  /** Everything beside the binary and the data in the folder that it runs in. */
  leftovers = () => readdirSync(this.folder).filter((name) => name !== "tidings" && name !== "data");

  /** The link for the first admin that the server printed. */
  setUpLink(): string {
    const link = this.log.map((line) => line.match(/\/set-up\?link=[\w-]+/)?.[0]).find(Boolean);
    if (!link) throw new Error(`no set-up link was printed:\n${this.log.join("\n")}`);
    return link;
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, "127.0.0.1", done));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (!address || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Asks every 50 ms until the answer is yes. */
export async function until(ms: number, asked: () => Promise<unknown> | unknown): Promise<boolean> {
  for (const end = Date.now() + ms; Date.now() < end; await pause(50)) if (await asked()) return true;
  return false;
}
