// What a person does with the consent form, in a real Chromium without JavaScript, with the keyboard alone.
//
//     node form.mjs CHROMIUM URL [PICTURES]
//
// Says yes, then no, each from the form as it is opened; prints how many keys and pages each took, and what was kept in
// the browser on the way. With a folder for pictures, each page is photographed, in light and in dark.

import { chromium } from "playwright-core";

const [executablePath, url, pictures] = process.argv.slice(2);
const args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath, headless: true, args });
const context = await browser.newContext({ javaScriptEnabled: false, locale: "pt-BR" });
const tab = await context.newPage();
const elsewhere = new Set();
tab.on("request", (request) => {
  if (new URL(request.url()).origin !== new URL(url).origin) elsewhere.add(request.url());
});

let keys = 0;
const press = async (key) => {
  keys += 1;
  await tab.keyboard.press(key);
};
const focused = (role, name) => tab.getByRole(role, { name }).evaluate((node) => node === document.activeElement);
const photograph = async (name) => {
  if (!pictures) return;
  for (const colorScheme of ["light", "dark"]) {
    await tab.emulateMedia({ colorScheme });
    await tab.screenshot({ path: `${pictures}/${name}-${colorScheme}.png`, fullPage: true });
  }
};

// The address is typed once and counts as one step; everything else is a key.
const answer = async (name) => {
  keys = 0;
  await tab.goto(url);
  await photograph("form");
  const email = tab.getByLabel("Seu e-mail");
  for (let tabs = 0; tabs < 20 && !(await email.evaluate((node) => node === document.activeElement)); tabs++) await press("Tab");
  await tab.keyboard.type("ana.lima@example.com");
  await press("Tab");
  // A group of radio buttons is one stop; Space takes the first of it and an arrow the next.
  await press(name === "yes" ? "Space" : "ArrowDown");
  await press("Tab");
  if (!(await focused("button", "Enviar"))) throw new Error("the button is not what comes next");
  await press("Enter");
  await tab.getByRole("status").waitFor();
  await photograph("thanks");
  return keys;
};

const given = await answer("yes");
const taken = await answer("no");
await tab.goto(url);
await tab.getByLabel("Seu e-mail").fill("ana.lima@example.com");
await tab.getByRole("button", { name: "Enviar" }).press("Enter");
await tab.getByRole("alert").waitFor();
await photograph("unanswered");
const left = await context.storageState();
const lang = await tab.locator("html").getAttribute("lang");
const radios = await tab.getByRole("radio").count();
const named = await tab.getByRole("group").count();
console.log(JSON.stringify({
  given, taken, lang, radios, named,
  cookies: left.cookies.length, origins: left.origins.length, elsewhere: [...elsewhere],
}));
await browser.close();
