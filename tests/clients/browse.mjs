// What a shop's page says of one visitor with Segment's browser SDK, in a real Chromium.
//
//     node browse.mjs CHROMIUM WRITE_KEY (HOST USER)…
//
// One page for each host. The page is served from an origin of its own, with the script from npm in the place of
// Segment's; eight messages; the page stays open until each was answered. Ends with 1 if one was not.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const [executablePath, key, ...rest] = process.argv.slice(2);
const visits = [];
while (rest.length > 0) visits.push({ host: rest.shift(), user: rest.shift() });

const script = await readFile(new URL("node_modules/@segment/analytics-next/dist/umd/standalone.js", import.meta.url));
// What stands in a page: calls wait in a list until the script is there.
const page = ({ host, user }) => `<!doctype html><title>Shop</title><script>
  const analytics = (window.analytics = []);
  analytics._writeKey = ${JSON.stringify(key)};
  analytics._cdn = ${JSON.stringify(host)};
  const say = (...call) => analytics.push(call);
  say("identify", ${JSON.stringify(user)}, { email: "${user}@example.com", city: "private-${user}" });
  for (let order = 0; order < 3; order++) say("track", "Order Completed", { order });
  say("page", "private-page", { url: "https://example.com/private-page" });
  say("screen", "private-screen");
  say("group", "private-group-${user}", { name: "private-Padaria" });
  say("alias", ${JSON.stringify(user)}, "browser-of-${user}");
</script><script src="/analytics.min.js" async></script>`;

const shop = createServer((request, response) => {
  const visit = visits[Number(request.url.slice(1))];
  if (request.url === "/analytics.min.js") {
    response.writeHead(200, { "content-type": "text/javascript" }).end(script);
  } else if (visit) {
    response.writeHead(200, { "content-type": "text/html" }).end(page(visit));
  } else {
    response.writeHead(404).end();
  }
});
await new Promise((listening) => shop.listen(0, "127.0.0.1", listening));
const origin = `http://127.0.0.1:${shop.address().port}`;

const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath, headless: true, args });
const said = await Promise.all(visits.map(async ({ host }, number) => {
  const tab = await (await browser.newContext()).newPage();
  const answered = new Set();
  const elsewhere = new Set();
  const all = new Promise((done) => tab.on("response", (response) => {
    const request = response.request();
    if (![origin, host].includes(new URL(request.url()).origin)) elsewhere.add(request.url());
    if (request.method() === "POST" && response.status() < 400) {
      answered.add(JSON.parse(request.postData()).messageId);
      if (answered.size === 8) done();
    }
  }));
  const complaints = [];
  tab.on("console", (message) => complaints.push(message.text()));
  await tab.goto(`${origin}/${number}`);
  const late = new Promise((done) => setTimeout(done, 120_000, "late"));
  const outcome = await Promise.race([all, late]);
  return [outcome === "late" && `${host}: ${answered.size} of 8 answered\n${complaints.join("\n")}`, ...elsewhere];
}));
await browser.close();
shop.close();
const wrong = said.flat().filter(Boolean);
if (wrong.length > 0) console.error(wrong.join("\n"));
process.exit(wrong.length > 0 ? 1 : 0);
