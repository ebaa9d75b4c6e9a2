// What else a person does here: plans, curl lines, orders, scenarios, the ledger, starting over.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { VENDOR } from "../factory.js";

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const shell = async (line) => (await promisify(execFile)("sh", ["-c", line.replace(/^curl/, "curl -s")])).stdout;

const SCENARIO = `version: 1
name: from-a-file
title: A scenario that somebody pasted
starts_at: 2025-01-02T12:00:00Z
duration: 13m
seed: 1
diners:
  - name: diners
    arrivals: { poisson: 1/s }
    patience: 10s
factories:
  headquarters:
    faults:
      - name: pasted
        starts: 0s
        ends: { after: 5m }
        inject: { status: { code: 503 } }
order_service: { factory: headquarters }
expect:
  - orders: { failed: { at_least: 1 } }
`;

export const tests = [
  {
    name: "a refusal is shown next to the plan, and the field that is wrong is selected",
    mayComplain: true,
    async run({ visit, page }) {
      await page.getByText("Every way it can break").click();
      await visit.button("Set up status").click();
      const plan = page.getByLabel("The plan, as in a scenario file");
      await plan.fill(JSON.stringify({ name: "wrong", inject: { status: { code: 999 } } }, null, 2));
      await page.locator("#editor-submit").click();
      await visit.sees(page.locator("#editor-error"), "inject.status.code");
      const selected = await plan.evaluate((area) => area.value.slice(area.selectionStart, area.selectionEnd));
      assert.match(selected, /"code": 999/);
      await plan.fill("{");
      await page.locator("#editor-submit").click();
      await visit.sees(page.locator("#editor-error"), "The plan is not JSON");
    },
  },
  {
    name: "the fields and the plan follow each other, and a fault is changed",
    async run({ factory, visit, page }) {
      await visit.preset("Answer 500").click();
      await visit.button("Change status-500").click();
      const editor = page.getByRole("dialog");
      await editor.getByLabel("Touches").fill("25");
      const plan = editor.getByLabel("The plan, as in a scenario file");
      assert.equal(JSON.parse(await plan.inputValue()).requests, "25%");
      await plan.fill(JSON.stringify({ name: "status-500", ends: { after: "2m" }, inject: { status: { code: 418 } } }));
      assert.equal(await editor.getByLabel("Ends").inputValue(), "after");
      assert.equal(await editor.getByLabel("How long").inputValue(), "2m");
      await page.locator("#editor-submit").click();
      await editor.waitFor({ state: "hidden" });
      await visit.verdict("Broken by status-500");
      assert.equal(await factory.order("changed"), 418);
    },
  },
  {
    name: "the curl lines do what their buttons do",
    async run({ factory, visit, page }) {
      await visit.verdict("Ready");
      await visit.button("Copy the curl line that breaks it: Answer 500").click();
      assert.equal(JSON.parse(await shell(await clipboard(page))).name, "status-500");
      await visit.verdict("Broken by status-500");
      await visit.button("Copy the curl line that mends status-500, or breaks it again once it is over").click();
      await shell(await clipboard(page));
      await visit.verdict("Ready");
      await visit.button(`Copy the curl line that orders a pizza as ${VENDOR.id}`).click();
      assert.ok(JSON.parse(await shell(await clipboard(page))).jwt);
      await visit.button("Copy the curl line that resets the factory").click();
      await shell(await clipboard(page));
      assert.equal((await factory.ask("GET", "/control/state")).orders.made, 0);
    },
  },
  {
    name: "a pizza is ordered from the page and is in the ledger",
    async run({ visit, page }) {
      await visit.button(`Order a pizza as ${VENDOR.id}`).click();
      await visit.sees(page.locator(".vendor-card"), "200, a pizza came");
      await visit.sees(page.locator("#ledger-rows tr"), VENDOR.id);
      await visit.sees(page.locator("#facts"), "Orders made1");
    },
  },
  {
    name: "scheduled chaos is started and reported by clicks",
    flags: ["--chaos-start", "scheduled"],
    async run({ factory, visit, page }) {
      await page.getByLabel(`Ask for chaos as ${VENDOR.id}`).selectOption("fail");
      await visit.sees(page.locator(".vendor-card"), "Chaos fail is scheduled");
      assert.equal(await factory.order("scheduled"), 200);
      await visit.button(`Start the chaos of ${VENDOR.id} now`).click();
      await visit.verdict(`Broken by chaos of ${VENDOR.id} (fail)`);
      assert.equal(await factory.order("chaos"), 500);
      await page.locator(".vendor-card").getByRole("link").click();
      await visit.sees(page.locator("#toast"), "Problem resolved");
      await visit.verdict("Ready");
      assert.equal(await factory.order("fixed"), 200);
    },
  },
  {
    name: "a scenario is loaded, and what is wrong with one is shown with its place",
    mayComplain: true,
    async run({ factory, visit, page }) {
      await page.getByLabel("Text, in YAML or JSON").fill(SCENARIO.replace("inject:", "injects:"));
      await visit.button("Load it").click();
      await page.locator("#scenario-error").getByRole("button", { name: /^Line \d+/ }).first().click();
      assert.equal(await page.evaluate(() => document.activeElement.id), "scenario-text");
      await page.getByLabel("Text, in YAML or JSON").fill(SCENARIO);
      await visit.button("Load it").click();
      await visit.verdict("Broken by pasted");
      assert.equal(await factory.order("pasted"), 503);
    },
  },
  {
    name: "starting over asks first, then empties everything",
    async run({ factory, visit, page }) {
      await factory.order("gone");
      await visit.preset("Answer 500").click();
      await visit.verdict("Broken");
      await visit.button("Reset the factory").click();
      await visit.button("Keep everything").click();
      assert.equal((await factory.ask("GET", "/control/state")).orders.made, 1);
      await visit.button("Reset the factory").click();
      await page.getByRole("dialog").getByRole("button", { name: "Reset the factory" }).click();
      await visit.verdict("Ready");
      await visit.order("gone").waitFor({ state: "detached" });
      assert.equal((await factory.ask("GET", "/control/state")).orders.made, 0);
    },
  },
  {
    name: "a thousand orders leave two hundred rows",
    async run({ factory, visit, page }) {
      await visit.verdict("Ready");
      for (let batch = 0; batch < 20; batch += 1) {
        await Promise.all(Array.from({ length: 50 }, (_, at) => factory.order(`many-${batch}-${at}`)));
      }
      await factory.order("the-last");
      await visit.sees(visit.order("the-last"), "200");
      assert.ok((await page.locator("#orders li").count()) <= 200);
    },
  },
  {
    name: "what comes from outside is shown as text",
    async run({ factory, visit, page }) {
      const name = '<img src=x onerror="document.title=1">';
      await visit.verdict("Ready");
      await factory.order(name);
      await visit.sees(page.locator("#orders li"), name);
      await visit.sees(page.locator("#ledger-rows tr"), name);
      assert.equal(await page.locator("#orders img, #ledger-rows img").count(), 0);
    },
  },
];
