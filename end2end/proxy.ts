// Proxy: a real nginx or Caddy before a server. What docs/OPERATING.md says about them is what they are told here.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Asking } from "./asking.js";
import { freePort, until } from "./tidings.js";

/** Where a proxy listens and works. Everything is on loopback and in one folder. */
interface Place {
  folder: string;
  /** What people ask. */
  port: number;
  /** Where plain http is sent on to it. */
  redirects: number;
  /** Where Caddy takes orders. */
  orders: number;
  /** Where the server is. */
  upstream: number;
}

/** A set-up: the program, and what it is told. */
export interface SetUp {
  name: string;
  program: "nginx" | "caddy";
  scheme: "http" | "https";
  config: (place: Place) => string;
}

export const nginxAsDocumented: SetUp = {
  name: "nginx as documented",
  program: "nginx",
  scheme: "https",
  config: (place) => {
    const main = replaced(documented("/etc/nginx/nginx.conf"), { "shutdown_timeout 10s": "shutdown_timeout 2s" });
    const site = replaced(documented("/etc/nginx/conf.d/tidings.conf"), {
      "server 127.0.0.1:3000;": `server 127.0.0.1:${place.upstream};`,
      "listen 80;": `listen 127.0.0.1:${place.redirects};`,
      "listen 443 ssl http2;": `listen 127.0.0.1:${place.port} ssl http2;`,
      "/etc/ssl/tidings.crt": `${place.folder}/tidings.crt`,
      "/etc/ssl/tidings.key": `${place.folder}/tidings.key`,
    });
    // What Debian's nginx.conf has around a site.
    return nginx(main, `gzip on;\n${site}`);
  },
};

/** The same, with no more patience than these tests have. */
export const nginxInAHurry: SetUp = {
  ...nginxAsDocumented,
  name: "nginx in a hurry",
  config: (place) => replaced(nginxAsDocumented.config(place), { "proxy_read_timeout 90s;": "proxy_read_timeout 4s;" }),
};

/** What most people write first. It collects answers, and speaks HTTP/1.0 to the server. */
export const nginxByDefault: SetUp = {
  name: "nginx with its defaults",
  program: "nginx",
  scheme: "http",
  config: (place) => nginx("events {}", plainSite(place, "")),
};

/** Collects and compresses everything, whatever the answer asks for. */
export const nginxThatHoldsBack: SetUp = {
  name: "nginx with buffering and gzip forced",
  program: "nginx",
  scheme: "http",
  config: (place) => {
    const forced = `
      proxy_buffering on;
      proxy_ignore_headers X-Accel-Buffering;
      gzip on;
      gzip_types *;
      gzip_proxied any;
      gzip_min_length 1;`;
    return nginx("events {}", plainSite(place, forced));
  },
};

/** Compresses everything, and passes streams on when they ask for it. */
export const nginxThatCompresses: SetUp = {
  name: "nginx with gzip forced",
  program: "nginx",
  scheme: "http",
  config: (place) => nginx("events {}", plainSite(place, "gzip on; gzip_types *; gzip_proxied any; gzip_min_length 1;")),
};

export const caddyAsDocumented: SetUp = {
  name: "Caddy as documented",
  program: "caddy",
  scheme: "https",
  config: (place) =>
    replaced(documented("/etc/caddy/Caddyfile"), {
      "grace_period 10s": `grace_period 2s
        admin 127.0.0.1:${place.orders}
        http_port ${place.redirects}
        https_port ${place.port}
        skip_install_trust`,
      "tidings.example.org {": `tidings.example.org, 127.0.0.1 {
        bind 127.0.0.1
        tls ${place.folder}/tidings.crt ${place.folder}/tidings.key`,
      "127.0.0.1:3000": `127.0.0.1:${place.upstream}`,
    }),
};

/** The fenced text of docs/OPERATING.md that begins with this path. */
function documented(path: string): string {
  const operating = readFileSync(resolve(import.meta.dirname, "../docs/OPERATING.md"), "utf8");
  const texts = [...operating.matchAll(/^```\w+\n(# [^]*?)^```$/gm)].map((match) => match[1]!);
  const text = texts.find((text) => text.startsWith(`# ${path}`));
  if (!text) throw new Error(`docs/OPERATING.md has no text for ${path}`);
  return text;
}

/** The text with every pattern, each of which must be there, replaced. */
function replaced(text: string, changes: Record<string, string>): string {
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`docs/OPERATING.md says no more: ${from}`);
    text = text.replaceAll(from, to);
  }
  return text;
}

/** A whole nginx.conf that runs in the foreground and keeps everything in its folder. */
function nginx(main: string, site: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path temporary;`);
  // Started by root it would become somebody who cannot enter the folder.
  const user = process.getuid?.() === 0 ? "user root;" : "";
  return `daemon off; pid nginx.pid; error_log stderr warn; ${user}
${main}
http { access_log off; ${temporary.join(" ")}
${site}
}`;
}

const plainSite = (place: Place, more: string) => `server {
  listen 127.0.0.1:${place.port};
  location / { proxy_pass http://127.0.0.1:${place.upstream}; ${more} }
}`;

/** Programs that no system folder of the PATH has may have been unpacked by scripts/setup.sh. */
function path(): string {
  const tools = process.env.TIDINGS_TOOLS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tidings/tools");
  return `${process.env.PATH}:${tools}/bin:/usr/sbin`;
}

/** A proxy. Its address is known before it runs, so that the server before which it stands can be told. */
export class Proxy extends Asking {
  readonly log: string[] = [];
  private child?: ChildProcess;

  private constructor(
    private setUp: SetUp,
    private readonly place: Place,
  ) {
    super(`${setUp.scheme}://127.0.0.1:${place.port}`);
  }

  /** Finds a place for it. */
  static async prepare(setUp: SetUp): Promise<Proxy> {
    const folder = mkdtempSync(join(tmpdir(), "tidings-proxy-"));
    mkdirSync(join(folder, "temporary"));
    const [port, redirects, orders] = [await freePort(), await freePort(), await freePort()];
    return new Proxy(setUp, { folder, port, redirects, orders, upstream: 0 });
  }

  /** Where plain http is asked, to be sent on. */
  get plain() {
    return new Asking(`http://127.0.0.1:${this.place.redirects}`);
  }

  /** Starts it before a server and waits until it answers. */
  async start(upstream: number) {
    this.place.upstream = upstream;
    if (this.setUp.scheme === "https") this.certify();
    const { program } = this.setUp;
    const file = this.configure();
    const args = program === "nginx" ? ["-p", this.place.folder, "-c", file] : ["run", "--config", file, "--adapter", "caddyfile"];
    const child = spawn(program, args, { cwd: this.place.folder, env: this.env, stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    let problem: Error | undefined;
    child.on("error", (error) => (problem = error));
    child.stderr.setEncoding("utf8").on("data", (text: string) => this.log.push(text));
    const answers = await until(10_000, async () => {
      if (problem) throw problem;
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${this.log.join("")}`);
      return this.ask("/healthz").catch(() => undefined);
    });
    if (!answers) throw new Error(`${program} does not answer after 10 s:\n${this.log.join("")}`);
  }

  /** Has it read its configuration again, as after a new certificate, or another one for the same program. */
  reload(setUp = this.setUp) {
    this.setUp = setUp;
    const file = this.configure();
    const order = ["reload", "--force", "--config", file, "--adapter", "caddyfile", "--address", `127.0.0.1:${this.place.orders}`];
    if (setUp.program === "nginx") this.child?.kill("SIGHUP");
    else spawnSync("caddy", order, { env: this.env, timeout: 20_000 });
  }

  /** The processes that serve, without the one that only watches them. */
  workers(): string[] {
    const children = `/proc/${this.child?.pid}/task/${this.child?.pid}/children`;
    return this.setUp.program === "nginx" ? readFileSync(children, "utf8").trim().split(" ") : [];
  }

  /** Those of them that take connections; old ones only finish what they have. */
  accepting = () => this.workers().filter((worker) => !title(worker).includes("shutting down"));

  /** Has it stop as a service manager would: what is open may end first. */
  stop = () => this.end(this.setUp.program === "nginx" ? "SIGQUIT" : "SIGTERM");

  /** Ends it at once and removes what it left. */
  async close() {
    this.hangUp();
    try {
      await this.end("SIGTERM");
    } finally {
      rmSync(this.place.folder, { recursive: true, force: true });
    }
  }

  private async end(signal: "SIGTERM" | "SIGQUIT") {
    const { child } = this;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    const late = await Promise.race([gone, pause(15_000, "late", { ref: false })]);
    if (late !== "late") return;
    // nginx ends its workers at this one; a SIGKILL would leave them behind.
    child.kill(this.setUp.program === "nginx" ? "SIGTERM" : "SIGKILL");
    throw new Error(`${this.setUp.program} did not stop within 15 s of ${signal}`);
  }

  /** Writes its configuration; the file. */
  private configure(): string {
    const file = join(this.place.folder, "configuration");
    writeFileSync(file, this.setUp.config(this.place));
    return file;
  }

  /** All that Caddy keeps goes into the folder too. */
  private get env() {
    return { PATH: path(), HOME: this.place.folder };
  }

  private certify() {
    const { folder } = this.place;
    const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    const whom = ["-subj", "/CN=tidings.example.org", "-addext", "subjectAltName=DNS:tidings.example.org,IP:127.0.0.1"];
    const files = ["-keyout", join(folder, "tidings.key"), "-out", join(folder, "tidings.crt")];
    const made = spawnSync("openssl", ["req", ...kind, ...whom, ...files], { encoding: "utf8", timeout: 10_000 });
    if (made.status !== 0) throw new Error(`openssl ended with ${made.status}: ${made.stderr}`);
  }
}

/** How a process calls itself; one that is gone does not. */
function title(process: string): string {
  try {
    return readFileSync(`/proc/${process}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
