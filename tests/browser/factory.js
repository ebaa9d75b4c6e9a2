// The binary under test: started on ports that the system picks, ordered from, stopped.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const VENDOR = { id: "student", key: "a-key-that-nobody-guesses" };
const START_MS = 20_000;
const ORDER_MS = 10_000;

export class Factory {
  /** Starts `binary`, with `flags` beside those that every test needs. */
  static async start(binary, flags = []) {
    const factory = new Factory();
    factory.binary = binary;
    factory.flags = flags;
    await factory.launch("127.0.0.1:0", "127.0.0.1:0");
    return factory;
  }

  async launch(bind, controlBind) {
    const always = ["--bind", bind, "--control-bind", controlBind, "--vendor", `${VENDOR.id}=${VENDOR.key}`, "--log-format", "json", "--algorithm", "EdDSA"];
    this.child = spawn(this.binary, [...always, ...this.flags], { stdio: ["ignore", "pipe", "pipe"] });
    this.log = "";
    this.child.stderr.on("data", (text) => {
      this.log = (this.log + text).slice(-4000);
    });
    this.ended = new Promise((done) => this.child.once("exit", done));
    await this.readAddresses();
  }

  /** Reads what it prints until both addresses are known, and goes on reading, so that it never waits for a reader. */
  readAddresses() {
    return new Promise((found, fail) => {
      const timer = setTimeout(() => fail(new Error(`it does not say where it listens\n${this.log}`)), START_MS);
      this.child.once("exit", (code) => fail(new Error(`it ended with ${code}\n${this.log}`)));
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        const told = JSON.parse(line);
        if (told.event !== "listening") return;
        clearTimeout(timer);
        this.url = told.url;
        this.control = told.control;
        found();
      });
    });
  }

  /** Ends it and starts it again where it was. */
  async restart() {
    await this.stop();
    await this.launch(new URL(this.url).host, new URL(this.control).host);
  }

  async stop() {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill("SIGKILL");
    await this.ended;
  }

  /** Orders a pizza as a client would; gives the status, or null where no answer came. */
  async order(id) {
    try {
      const response = await fetch(`${this.url}/api/order`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${VENDOR.key}` },
        body: JSON.stringify({ diner: { id: 1, name: "Joe" }, order: { id, items: [{ menuId: 1, description: "Veggie", price: 0.01 }] } }),
        signal: AbortSignal.timeout(ORDER_MS),
      });
      await response.text();
      return response.status;
    } catch {
      return null;
    }
  }

  /** Calls the control API, beside the page. */
  async ask(method, path, body) {
    const response = await fetch(this.control + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return text === "" ? null : JSON.parse(text);
  }
}
