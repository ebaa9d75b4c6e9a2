// The report URL, in the forms that a factory may be told to give it and over HTTPS with a certificate that nobody vouches for.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VENDOR } from "../factory.js";

/** The flags for HTTPS with a certificate that signs itself. */
function selfSigned() {
  const place = mkdtempSync(join(tmpdir(), "factory-"));
  const [certificate, key] = [join(place, "certificate.pem"), join(place, "key.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const name = ["-subj", "/CN=factory", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...name, "-keyout", key, "-out", certificate], { stdio: "ignore" });
  return ["--tls-cert", certificate, "--tls-key", key];
}

/** Orders over HTTPS, whoever vouches for the certificate; gives the status and what was answered. */
function order(factory, id) {
  return new Promise((answered, failed) => {
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${VENDOR.key}` };
    const asked = request(`${factory.url}/api/order`, { method: "POST", headers, rejectUnauthorized: false }, async (response) => {
      let text = "";
      for await (const piece of response) text += piece;
      answered({ status: response.statusCode, body: JSON.parse(text) });
    });
    asked.once("error", failed);
    asked.end(JSON.stringify({ diner: { id: 1 }, order: { id, items: [{ menuId: 1 }] } }));
  });
}

async function breakUntilReported(visit, page) {
  await visit.verdict("Ready");
  await page.getByLabel("until").selectOption({ label: "its report URL is called" });
  await visit.preset("Answer 500").click();
  await visit.verdict("Broken by status-500");
  return visit.fault("status-500").getByRole("link");
}

export const tests = [
  {
    name: "the link reports where replies give the URL of the real factory",
    flags: ["--report-url", "real"],
    async run({ factory, visit, page }) {
      const link = await breakUntilReported(visit, page);
      const reply = await fetch(`${factory.url}/api/order`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${VENDOR.key}` },
        body: JSON.stringify({ diner: {}, order: { items: [1] } }),
      });
      assert.match((await reply.json()).reportUrl, /^https:\/\/127\.0\.0\.1\/api\/support\//);
      await link.click();
      await visit.sees(page.locator("#toast"), "Problem resolved. Pizza is back on the menu!");
      await visit.verdict("Ready");
      assert.equal(await factory.order("after"), 200);
    },
  },
  {
    name: "the link reports over HTTPS where the certificate is trusted",
    flags: selfSigned,
    page: { ignoreHTTPSErrors: true },
    async run({ factory, visit, page }) {
      const link = await breakUntilReported(visit, page);
      const broken = await order(factory, "during");
      assert.equal(broken.status, 500);
      assert.equal(broken.body.reportUrl, await link.getAttribute("href"));
      assert.ok(broken.body.reportUrl.startsWith(factory.url) && factory.url.startsWith("https:"));
      await link.click();
      await visit.sees(page.locator("#toast"), "Problem resolved. Pizza is back on the menu!");
      await visit.verdict("Ready");
      assert.equal((await order(factory, "after")).status, 200);
      await visit.sees(visit.order("after"), "200");
    },
  },
  {
    name: "the link opens in a tab of its own where the browser does not trust the certificate",
    flags: selfSigned,
    mayComplain: true,
    async run({ factory, visit, page }) {
      const link = await breakUntilReported(visit, page);
      const opened = visit.context.waitForEvent("page");
      await link.click();
      await opened;
      await visit.sees(page.locator("#toast"), "Opened in a tab of its own");
      await visit.verdict("Broken by status-500");
      await visit.button("Mend status-500").click();
      await visit.verdict("Ready");
      assert.equal((await order(factory, "after")).status, 200);
    },
  },
];
