// Designs are kept, saved and opened; what is wrong is said, and harms nothing.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const KEY = "archlab.design";

/** Adds a machine by the shortest way. */
async function addMachine(shop) {
  await shop.piece("machine").focus();
  await shop.page.keyboard.press("Enter");
  await shop.machine(4).waitFor();
}

async function untilKept(shop, text) {
  await until("the browser keeps it", () =>
    shop.page.evaluate(([key, text]) => localStorage.getItem(key)?.includes(text), [KEY, text]));
}

/** Saves by the button; gives the text of the file. */
async function save(shop) {
  const [download] = await Promise.all([shop.page.waitForEvent("download"), shop.button("action.save").click()]);
  assert.equal(download.suggestedFilename(), "archlab.json");
  return readFile(await download.path(), "utf8");
}

async function choose(shop, name, content) {
  const file = { name, mimeType: "application/json", buffer: Buffer.from(content) };
  await shop.page.locator("input[type=file]").setInputFiles(file);
}

pageTest("a reload finds the design again", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  await shop.layout("microservice").click();
  await untilKept(shop, "machine-4");
  await untilKept(shop, '"layout": "microservice"');
  await stage.page.reload();
  await stage.ready();
  await shop.machine(4).waitFor();
  assert.equal(await shop.machines.count(), 4);
  assert.equal(await shop.chosenLayout(), shop.t("layout.microservice"));
});

pageTest("a reload keeps language and theme", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.button("action.dark").click();
  await stage.page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await shop.button("header.language").click();
  await stage.page.getByRole("menuitemradio", { name: "简体中文" }).click();
  await stage.page.locator("html[lang=zh-Hans]").waitFor({ state: "attached" });
  assert.match(stage.page.url(), /lang=zh/, "the address says the language that is shown");

  await stage.page.goto(stage.page.url().replace(/[?&]lang=zh/, "?"));
  await stage.ready();
  assert.equal(await stage.page.locator("html").getAttribute("lang"), "zh-Hans");
  assert.equal(await stage.page.locator("html").getAttribute("data-theme"), "dark");
  shop.language = "zh";
  await shop.button("action.light").waitFor();
});

pageTest("a switch of language leaves design and run alone", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  await shop.play();
  await shop.waitForSecond(1);
  await shop.button("header.language").click();
  await stage.page.getByRole("menuitemradio", { name: "简体中文" }).click();
  shop.language = "zh";
  await shop.machine(4).waitFor();
  assert.ok((await shop.seconds()) >= 1, "the run goes on");
  const text = await stage.page.locator("body").innerText();
  const left = text.match(/\b(Machine|Load balancer|Database|Failover|Throughput|requests|Shoppers)\b/);
  assert.equal(left, null, "no English is left on the page");
});

pageTest("what is saved opens again, and is the same design", {}, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  const saved = await save(shop);
  const design = JSON.parse(saved);
  assert.equal(design.archlab, 1);
  assert.equal(Object.keys(design.machines).length, 4);

  await shop.button("action.undo").click();
  await shop.machine(4).waitFor({ state: "detached" });
  await choose(shop, "again.json", saved);
  await shop.machine(4).waitFor();
  assert.equal(await save(shop), saved, "to the byte");
  assert.equal(await stage.page.locator(".notice").count(), 0);
});

pageTest("a wrong file is explained with its place, and the design is untouched", {}, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  const before = await save(shop);
  const line = { en: /Line 2, column \d+/, zh: /第 ?2 ?行/ }[stage.language];
  const cases = [
    ['{ "archlab": 1,\n  "machines": }', line],
    ['{ "archlab": 1, "machines": { "m": { "cores": "four" } } }', /machines\.m\.cores/],
    ['{ "archlab": 1, "machines": { "m": { "cores": 0 } } }', /machines\.m\.cores/],
    [Buffer.from([0xff, 0xfe, 0x00, 0x80]), new RegExp(shop.t("notice.unreadable"))],
    [" ".repeat(1024 * 1024 + 1), new RegExp(shop.t("notice.too_large"))],
  ];
  for (const [content, place] of cases) {
    await choose(shop, "wrong.json", content);
    const said = await shop.notice();
    assert.match(said, place);
    assert.match(said, shop.pattern("notice.not_opened"));
    if (stage.language === "zh") {
      assert.doesNotMatch(said, /[a-z]{3,} [a-z]{3,} [a-z]{3,}/, "it is said in the language of the page");
    }
    assert.equal(await save(shop), before);
    await stage.page.locator(".notice").getByRole("button", { name: shop.t("action.close") }).click();
    await stage.page.locator(".notice").waitFor({ state: "detached" });
  }
});

pageTest("a good file takes a notice away", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const good = await save(shop);
  await choose(shop, "wrong.json", "nothing");
  await shop.notice();
  await choose(shop, "good.json", good);
  await stage.page.locator(".notice").waitFor({ state: "detached" });
});

pageTest("what the browser kept and cannot be read is not in the way", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.page.evaluate((key) => localStorage.setItem(key, "{ broken"), KEY);
  // Without a design in the address, which would win.
  await stage.page.goto(stage.address({ query: { start: "paused" } }));
  await stage.ready();
  assert.equal(await shop.machines.count(), 3);
});

pageTest("an example opens in place of the design, with a run of its own", {}, async (stage) => {
  const shop = await Shop.open(stage);
  for (const layout of ["distributed", "microservice", "cluster"]) {
    await shop.button("header.examples").click();
    await shop.choose(`example.${layout}`);
    await until(`the shop is ${layout}`, async () => (await shop.chosenLayout()) === shop.t(`layout.${layout}`));
    const title = await stage.page.locator("h1.document b").innerText();
    assert.equal(title, shop.t(`example.${layout}`), "the header says what is open");
    assert.equal(await shop.seconds(), 0);
  }
});
