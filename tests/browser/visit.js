// A visit to the page: a browser that calls nobody by itself, and all that the page complained of or asked for.

import { chromium } from "playwright-core";

const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
/** How long something may take to be seen. Generous: machines that run tests are slow, and nothing waits so long when all is well. */
export const SEEN_MS = 15_000;

/** A browser with a profile of its own, which goes with it. */
export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

export class Visit {
  static async begin(browser, factory, options) {
    const visit = new Visit();
    visit.complaints = [];
    visit.strangers = [];
    visit.known = [factory.url, factory.control];
    visit.context = await browser.newContext({ viewport: { width: 1280, height: 900 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
    visit.context.setDefaultTimeout(SEEN_MS);
    visit.page = await visit.context.newPage();
    visit.page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) visit.complaints.push(`console: ${message.text()}`);
    });
    visit.page.on("pageerror", (error) => visit.complaints.push(`error: ${error.stack}`));
    visit.context.on("request", (request) => visit.heardOf(new URL(request.url())));
    await visit.page.goto(factory.control);
    return visit;
  }

  heardOf(url) {
    if (url.protocol.startsWith("http") && !this.known.includes(url.origin)) this.strangers.push(url.href);
  }

  /** Fails when it called somebody else, or wrote an error that no test meant it to. */
  checkManners(mayComplain) {
    if (this.strangers.length > 0) throw new Error(`the page called ${this.strangers.join(", ")}`);
    if (!mayComplain && this.complaints.length > 0) throw new Error("the page complained");
  }

  button(name, within = this.page) {
    return within.getByRole("button", { name, exact: true });
  }

  /** The button of a preset: its name is its title and what it does. */
  preset(title) {
    return this.page.getByRole("list").and(this.page.locator("#presets")).getByRole("button", { name: new RegExp(`^${title}`) });
  }

  fault(name) {
    return this.page.locator(".fault", { has: this.page.getByRole("heading", { name, exact: true }) });
  }

  order(id) {
    return this.page.locator("#orders li", { hasText: id });
  }

  /** Waits until the text is seen at that place. */
  async sees(place, text) {
    await place.filter({ hasText: text }).first().waitFor({ timeout: SEEN_MS });
  }

  verdict(text) {
    return this.sees(this.page.locator("#verdict"), text);
  }

  end() {
    return this.context.close();
  }
}
