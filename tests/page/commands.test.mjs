// Everything by name, every key on a card, menus that are walked by keys.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const dialog = (stage) => stage.page.getByRole("dialog");
const field = (stage) => stage.page.getByRole("dialog").getByRole("combobox");
const options = (stage) => stage.page.locator("dialog").getByRole("option");
const chosen = (stage) => stage.page.locator('[role=option][aria-selected="true"] span');

async function openCommands(stage) {
  await stage.page.keyboard.press("Control+K");
  await field(stage).waitFor();
}

async function gone(stage) {
  await dialog(stage).waitFor({ state: "detached" });
}

pageTest("what can be done is found by name in both languages and by pinyin", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const cases = [
    ["add a machine", "action.add_machine"],
    ["添加服务器", "action.add_machine"],
    ["tianjiafuwuqi", "action.add_machine"],
    ["tjfwq", "action.add_machine"],
    ["microserv", "action.layout_microservice"],
    ["qhwwfw", "action.layout_microservice"],
  ];
  await openCommands(stage);
  for (const [typed, key] of cases) {
    await field(stage).fill(typed);
    await until(`“${typed}” finds ${key}`, async () => (await chosen(stage).innerText()) === shop.t(key));
  }
  await stage.page.keyboard.press("Enter");
  await gone(stage);
  await until("it is done", async () => (await shop.chosenLayout()) === shop.t("layout.microservice"));
  await openCommands(stage);
  await until("it comes first the next time", async () => {
    const lines = await options(stage).locator("span").allInnerTexts();
    return lines.length > 5 && lines[0] !== shop.t("action.layout_microservice");
  });
});

pageTest("the command palette is walked by keys, and gives the focus back", { pairs: true }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await shop.button("action.step").focus();
  await openCommands(stage);
  const count = await options(stage).count();
  assert.ok(count > 15, `${count} lines before anything is typed`);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  const active = await field(stage).getAttribute("aria-activedescendant");
  assert.equal(active, "command-1");
  assert.equal(await page.locator(`#${active}`).getAttribute("aria-selected"), "true");
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  assert.equal(await field(stage).getAttribute("aria-activedescendant"), `command-${count - 1}`, "it goes round");
  await stage.assertAccessible();
  await stage.screenshot(`commands-${stage.language}-${stage.theme}`);
  await page.keyboard.press("Tab");
  assert.ok(await page.evaluate(() => document.activeElement === document.body || !!document.activeElement.closest("dialog")),
    "the focus stays inside");
  await field(stage).focus();
  await field(stage).fill("xyzzy");
  await page.getByText(shop.t("commands.nothing")).waitFor();
  await page.keyboard.press("Escape");
  await gone(stage);
  assert.ok(await shop.button("action.step").evaluate((button) => button === document.activeElement), "and goes back");
});

pageTest("parts of the design are gone to, and keys do nothing behind the palette", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await openCommands(stage);
  await field(stage).fill("machine-2");
  await until("it is found", async () => /Machine 2/.test(await chosen(stage).innerText()));
  await stage.page.keyboard.press("Delete");
  await stage.page.keyboard.press("Enter");
  await gone(stage);
  assert.equal(await shop.machines.count(), 3);
  await until("it is chosen", async () => /\bselected\b/.test(await shop.machine(2).getAttribute("class")));
  const box = await shop.machine(2).boundingBox();
  const stageBox = await shop.canvas.boundingBox();
  assert.ok(box.x >= stageBox.x && box.x + box.width <= stageBox.x + stageBox.width, "and in view");
});

pageTest("what can be done is found together with what it is done to, with nothing chosen", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const ask = async (typed) => {
    await openCommands(stage);
    await field(stage).fill(typed);
  };
  const chinese = stage.language === "zh";
  const name = shop.t("name.machine", { number: 1 });
  for (const typed of chinese ? ["断电服务器1", "ddfwq1", "服务器 1 断电"] : ["power off machine-1", "power off machine 1", "machine 1 power"]) {
    await ask(typed);
    await until(`“${typed}” finds it`, async () =>
      (await chosen(stage).innerText()).startsWith(shop.t("commands.on_part", { action: shop.t("action.power_off"), part: name })));
    await stage.page.keyboard.press("Escape");
    await gone(stage);
  }
  await ask(chinese ? "断电服务器1" : "power off machine-1");
  await stage.page.keyboard.press("Enter");
  await gone(stage);
  await until("it is off", async () => /\boff\b/.test(await shop.machine(1).getAttribute("class")));
  await until("and chosen", async () => /\bselected\b/.test(await shop.machine(1).getAttribute("class")));
  await stage.page.keyboard.press("Escape");
  await ask(chinese ? "添加服务器到商店" : "add machine to shop");
  await stage.page.keyboard.press("Enter");
  await gone(stage);
  await shop.machine(4).waitFor();
  await ask(chinese ? "zhuandao shangpin" : "go to catalog");
  await until("a function is found", async () => {
    const lines = await options(stage).allInnerTexts();
    return lines.length > 0 && lines[0].includes(shop.t("business_editor.name"));
  });
  await stage.page.keyboard.press("Enter");
  await gone(stage);
  await stage.page.locator(".business .function-card").first().waitFor();
});

pageTest("by mouse: the button opens it, a click does it", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.button("action.commands").click();
  await field(stage).fill("dark");
  await options(stage).filter({ hasText: shop.t("action.dark") }).click();
  await gone(stage);
  await stage.page.locator("html[data-theme=dark]").waitFor({ state: "attached" });
  await shop.button("action.commands").click();
  await field(stage).waitFor();
  await stage.page.locator("dialog:modal").waitFor();
  await stage.page.mouse.click(20, 700);
  await gone(stage);
});

pageTest("the card shows every key", { pairs: true }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.page.keyboard.press("?");
  const card = dialog(stage);
  await card.waitFor();
  for (const [name, keys] of [["action.undo", "Ctrl+Z"], ["action.commands", "Ctrl+K"], ["action.play_pause", shop.t("key.space")]]) {
    await card.locator("div", { hasText: shop.t(name) }).locator("kbd", { hasText: keys }).first().waitFor();
  }
  await stage.assertAccessible();
  await stage.screenshot(`shortcuts-${stage.language}-${stage.theme}`);
  await card.getByRole("button", { name: shop.t("action.close") }).click();
  await gone(stage);
});

pageTest("a host page can have the keys for itself", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage, { query: { embed: "", layout: "cluster", keys: "off" } });
  for (const key of ["Space", "s", "Control+K", "?"]) await stage.page.keyboard.press(key);
  assert.equal(await dialog(stage).count(), 0);
  assert.equal(await shop.seconds(), 0);
  await shop.button("action.play").waitFor();
});

pageTest("menus are walked by arrows and by the letters of their lines", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  const view = shop.button("header.view");
  await view.focus();
  await page.keyboard.press("ArrowDown");
  await shop.menu.waitFor();
  const focused = () => page.evaluate(() => document.activeElement.querySelector("span")?.textContent);
  const first = await shop.menu.locator("[role^=menuitem]").first().locator("span").innerText();
  await until("the first line has the focus", async () => (await focused()) === first);
  await page.keyboard.press("End");
  await page.keyboard.type("sh");
  assert.match(await focused(), /^Sh/, "letters in a row are one word");
  await stage.assertAccessible();
  await page.keyboard.press("Escape");
  await shop.menu.waitFor({ state: "detached" });
  await until("the focus is back", () => view.evaluate((button) => button === document.activeElement));

  await shop.button("header.edit").click();
  const undo = shop.menu.getByRole("menuitem", { name: shop.t("action.undo") });
  assert.equal(await undo.getAttribute("aria-disabled"), "true");
  await undo.click({ force: true });
  await shop.menu.waitFor();
  await shop.button("header.edit").click();
  await shop.menu.waitFor({ state: "detached" });
});

pageTest("on a phone one menu has what the header has no room for", { viewports: ["phone"], context: { hasTouch: true, isMobile: true } }, async (stage) => {
  const shop = await Shop.open(stage);
  const overflow = await stage.page.locator("header.top").evaluate((header) => header.scrollWidth - header.clientWidth);
  assert.ok(overflow <= 0, `the header is ${overflow} px too wide`);
  await shop.button("header.more").tap();
  await stage.screenshot(`more-${stage.language}`);
  await stage.assertAccessible();
  await shop.menu.getByRole("menuitem", { name: shop.t("action.commands") }).tap();
  await field(stage).fill("restart");
  await stage.screenshot(`commands-phone-${stage.language}`);
  await field(stage).fill(shop.t("action.add_machine"));
  await options(stage).first().tap();
  await shop.machine(4).waitFor();
});
