// The inspector: every property by mouse, by keyboard and by finger; presets; several at once; copies in the legend.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { pageTest, ROOT } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const PHONE = { viewports: ["phone"], context: { hasTouch: true, isMobile: true } };

/** The shop with its group chosen. */
async function group(stage) {
  const shop = await Shop.open(stage);
  await stage.click(await shop.handle());
  await shop.inspector.locator(".properties").waitFor();
  return shop;
}

/** The line of a section, and the button that opens it. */
const line = (shop, key) => shop.inspector.locator(".fold-line", { hasText: shop.exactly(key) }).first();
const fold = (shop, key) => shop.inspector.getByRole("button", { name: shop.t(key), exact: false }).and(shop.page.locator(".fold-head")).first();
const field = (shop, key) => shop.inspector.getByLabel(shop.t(key), { exact: true });
const preset = (shop) => shop.inspector.locator(".preset select").first();
const chosen = (select) => select.evaluate((it) => it.selectedOptions[0]?.textContent);
const undo = (shop) => shop.button("action.undo").click();

async function type(locator, text) {
  await locator.fill(text);
  await locator.press("Enter");
}

pageTest("a duration is typed with its unit, the sentence follows, and what differs goes back by a button", { languages: ["en"] }, async (stage) => {
  const shop = await group(stage);
  await fold(shop, "property.health").click();
  const every = field(shop, "property.interval");
  const teach = shop.inspector.locator(".teach").first();
  const before = await teach.innerText();
  const default_ = await every.inputValue();
  await type(every, "500 ms");
  const shown = shop.t("amount.millis", { value: 500 });
  await until("it is half a second", async () => (await every.inputValue()) === shown);
  assert.notEqual(await teach.innerText(), before, "the sentence is computed anew");
  const back = shop.inspector.locator(".reset").first();
  assert.ok((await back.getAttribute("aria-label")).includes("HAProxy"), "it tells where the default comes from");
  await back.click();
  await until("it is the default again", async () => (await every.inputValue()) === default_);
  assert.equal(await shop.inspector.locator(".reset").count(), 0);
  await undo(shop);
  await until("the way back is a step of its own", async () => (await every.inputValue()) === shown);
});

pageTest("wrong input is explained beside the field and changes nothing", { languages: ["en"] }, async (stage) => {
  const shop = await group(stage);
  await fold(shop, "property.health").click();
  const fall = field(shop, "property.fall");
  for (const wrong of ["0", "many", "1001", "2.5"]) {
    await type(fall, wrong);
    await shop.inspector.getByText(shop.t("setting.whole_range", { least: 1, most: "1,000" })).first().waitFor();
    assert.equal(await fall.getAttribute("aria-invalid"), "true");
  }
  await fall.press("Escape");
  assert.equal(await fall.inputValue(), "3");
  assert.ok(await shop.button("action.undo").isDisabled(), "nothing was done");
});

pageTest("arrow keys step, coarser with Shift and finer with Alt, one step of the history each", { languages: ["en"] }, async (stage) => {
  const shop = await group(stage);
  await fold(shop, "property.capacity").click();
  const workers = field(shop, "property.workers");
  assert.equal(await workers.getAttribute("aria-valuenow"), "200");
  await workers.focus();
  for (const [key, value] of [["ArrowUp", "210"], ["Shift+ArrowDown", "110"], ["Alt+ArrowUp", "111"], ["PageUp", "211"]]) {
    await workers.press(key);
    await until(`${key} makes it ${value}`, async () => (await workers.inputValue()) === value);
  }
  await shop.page.keyboard.down("ArrowUp");
  for (let again = 0; again < 4; again += 1) await shop.page.keyboard.down("ArrowUp");
  await shop.page.keyboard.up("ArrowUp");
  await until("it repeats", async () => (await workers.inputValue()) === "261");
  await undo(shop);
  await until("a held key is one step", async () => (await workers.inputValue()) === "211");
});

pageTest("a name is dragged with the mouse, as one step", { languages: ["en"] }, async (stage) => {
  const shop = await group(stage);
  await fold(shop, "property.capacity").click();
  const workers = field(shop, "property.workers");
  const name = shop.inspector.locator("label.scrub", { hasText: shop.exactly("property.workers") });
  const { x, y } = await stage.place(name);
  await stage.drag({ x, y }, { x: x + 40, y }, { before: async () => {
    assert.equal(await workers.inputValue(), "300", "it shows what it would be");
    assert.ok(await shop.button("action.undo").isDisabled(), "until then it is a wish");
  } });
  await until("it is done", async () => !(await shop.button("action.undo").isDisabled()));
  assert.equal(await workers.inputValue(), "300");
  await undo(shop);
  await until("one step", async () => (await workers.inputValue()) === "200");
});

pageTest("a name is dragged with a finger", { ...PHONE, languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { x, y } = await shop.grip(2);
  await stage.page.touchscreen.tap(x, y);
  const name = shop.inspector.locator("label.scrub", { hasText: shop.exactly("property.cores") });
  await name.waitFor();
  await shop.sheetListens();
  const from = await stage.place(name);
  await stage.touchDrag(from, { x: from.x + 24, y: from.y });
  await until("ten cores", async () => (await field(shop, "property.cores").inputValue()) === "10");
  await stage.screenshot("phone-properties");
});

pageTest("a search finds properties in both languages and hides the others", {}, async (stage) => {
  const shop = await group(stage);
  const search = shop.inspector.getByRole("searchbox");
  for (const asked of ["circuit", "熔断"]) {
    await search.fill(asked);
    await line(shop, "property.breaker").waitFor();
    assert.equal(await line(shop, "property.health").count(), 0);
  }
  await search.fill("xyzzy");
  await shop.inspector.getByText(shop.t("setting.not_found")).waitFor();
});

pageTest("what is optional is switched on and off", { languages: ["en"] }, async (stage) => {
  const shop = await group(stage);
  await fold(shop, "property.guards").click();
  const breaker = line(shop, "property.breaker").getByRole("checkbox");
  await breaker.check();
  await field(shop, "property.trials").waitFor();
  assert.equal(await field(shop, "property.trials").inputValue(), "10");
  await breaker.uncheck();
  await field(shop, "property.trials").waitFor({ state: "detached" });
  await undo(shop);
  await field(shop, "property.trials").waitFor();
});

pageTest("a preset is one step and tells whether it is in force", {}, async (stage) => {
  const shop = await group(stage);
  const select = preset(shop);
  assert.equal(await chosen(select), shop.t("setting.own"));
  await select.selectOption({ label: "HAProxy" });
  await until("it is in force", async () => (await chosen(select)) === "HAProxy");
  await shop.inspector.getByText(shop.t("setting.sets", { count: 11 })).click();
  await shop.inspector.getByText("doc/configuration.txt", { exact: false }).waitFor();
  await fold(shop, "property.health").click();
  await type(field(shop, "property.fall"), "5");
  await until("it is changed", async () => (await chosen(select)) === shop.t("setting.changed", { product: "HAProxy" }));
  await undo(shop);
  await until("it is in force again", async () => (await chosen(select)) === "HAProxy");
  await undo(shop);
  await until("one step", async () => (await chosen(select)) !== "HAProxy");
  assert.ok(await shop.button("action.undo").isDisabled());
});

pageTest("several machines are changed at once, in one step", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(1));
  await type(field(shop, "property.cores"), "8");
  await stage.page.keyboard.down("Shift");
  await stage.click(await shop.grip(2));
  await stage.click(await shop.grip(3));
  await stage.page.keyboard.up("Shift");
  await shop.inspector.getByText(shop.t("setting.machines", { count: 3 })).waitFor();
  const cores = field(shop, "property.cores");
  assert.equal(await cores.inputValue(), "");
  assert.equal(await cores.getAttribute("placeholder"), shop.t("setting.several"));
  await type(cores, "16");
  const all = async (number) => {
    const labels = await shop.machines.evaluateAll((machines) => machines.map((it) => it.getAttribute("aria-label")));
    return labels.filter((label) => new RegExp(`\\b${number}\\b`).test(label)).length;
  };
  await until("all have sixteen", async () => (await all(16)) === 3);
  await undo(shop);
  await until("one step", async () => (await all(16)) === 0);
});

pageTest("clients come in another way, and a list gets its items", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(shop.client());
  await field(shop, "property.load_kind").selectOption({ label: shop.t("choice.ramp") });
  await shop.inspector.getByText(shop.t("property.point", { number: 2 })).waitFor();
  await shop.inspector.getByRole("button", { name: shop.t("setting.add") }).first().click();
  await shop.inspector.getByText(shop.t("property.point", { number: 3 })).waitFor();
  await shop.inspector.getByRole("button", { name: shop.t("setting.remove", { name: shop.t("property.point", { number: 1 }) }) }).click();
  await shop.inspector.getByText(shop.t("property.point", { number: 3 })).waitFor({ state: "detached" });
});

pageTest("a fault is planned in the inspector", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await fold(shop, "property.scenario").click();
  await line(shop, "property.faults").waitFor();
  await shop.inspector.getByRole("button", { name: shop.t("setting.add") }).nth(0).click();
  await shop.inspector.getByText(shop.t("property.planned_fault", { number: 1 })).waitFor();
  await type(field(shop, "property.at").first(), "1s");
  // Keys are the field's while it has the focus.
  await field(shop, "property.at").first().blur();
  await shop.play(4);
  await stage.page.locator("g.machine.off").waitFor();
});

pageTest("axe finds nothing in a long inspector", {}, async (stage) => {
  const shop = await group(stage);
  for (const key of ["property.balancing", "property.health", "property.guards"]) await fold(shop, key).click();
  await line(shop, "property.breaker").getByRole("checkbox").check();
  await type(field(shop, "property.fall"), "0");
  await stage.assertAccessible();
});

pageTest("a design whose stores copy runs, and the legend names the copies", {}, async (stage) => {
  const design = JSON.parse(readFileSync(join(ROOT, "static/designs/shop-cluster.json"), "utf8"));
  const [name] = Object.keys(design.groups);
  design.groups[name].policies ??= {};
  design.groups[name].policies.storage = { replication: { primary: { replicas: 2, mode: "synchronous", reads: "replicas" } } };
  const shop = await Shop.open(stage);
  const copy = () => stage.page.locator(".legend").getByText(shop.t("legend.copy"), { exact: true });
  assert.equal(await copy().count(), 0);
  const buffer = Buffer.from(JSON.stringify(design));
  await stage.page.locator("input[type=file]").setInputFiles({ name: "copies.json", mimeType: "application/json", buffer });
  await copy().waitFor();
  await shop.play(2);
  await shop.waitForSecond(3);
});

pageTest("what is typed slowly stays while the run goes on, in every field", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.play();
  const slowly = async (input, text) => {
    await input.fill("");
    // Slower than the page is drawn again, so that each letter outlives several drawings.
    await input.pressSequentially(text, { delay: 180 });
    assert.equal(await input.inputValue(), text);
  };
  await stage.click(await shop.grip(2));
  const zone = field(shop, "property.zone");
  await slowly(zone, "east-1");
  await zone.press("Enter");
  await until("it is taken", async () => !(await shop.button("action.undo").isDisabled()));
  assert.equal(await zone.inputValue(), "east-1");
  await slowly(zone, "west");
  await zone.press("Escape");
  assert.equal(await zone.inputValue(), "east-1", "Escape gives it up");
  // Half typed, and something else is chosen: it is taken for what it was typed for, and for nothing else.
  await slowly(zone, "north");
  await stage.click(await shop.grip(1));
  await until("the other machine is shown", async () => (await zone.inputValue()) !== "north");
  await stage.click(await shop.grip(2));
  await until("it was taken", async () => (await zone.inputValue()) === "north");
  await stage.page.keyboard.press("b");
  const name = stage.page.locator(".business .cell.name input").first();
  await slowly(name, "Front page");
  await name.press("Enter");
  await until("the business has it", async () =>
    (await stage.page.locator(".business-contents").getByText("Front page").count()) > 0);
  await name.press("Escape");
  await stage.page.keyboard.press("Escape");
  await shop.title.click();
  await shop.menu.getByRole("menuitem", { name: shop.t("action.rename_design") }).click();
  const title = stage.page.locator(".title-field, dialog input").first();
  await slowly(title, "Slow shop");
});

pageTest("a note is written, sized and locked in the inspector", {}, async (stage) => {
  const shop = await Shop.open(stage);
  await shop.piece("note").focus();
  await stage.page.keyboard.press("Enter");
  await stage.page.locator("textarea.in-place:focus").waitFor();
  await stage.page.keyboard.type("Peak at noon");
  await stage.page.keyboard.press("Escape");
  const note = stage.page.locator("g.note");
  const text = shop.inspector.locator("textarea");
  await until("the inspector has it", async () => (await text.inputValue()) === "Peak at noon");
  await text.fill("Peak at night");
  await text.press("Control+Enter");
  await until("the note says it", async () => (await note.textContent()).includes("night"));
  const width = field(shop, "inspector.width");
  await type(width, "320");
  await until("it is wider", async () => (await note.locator("rect.paper").getAttribute("width")) === "320.0");
  await type(width, "10");
  assert.equal(await width.getAttribute("aria-invalid"), "true");
  await width.press("Escape");
  await stage.assertAccessible({ include: ".inspector" });
  await shop.inspector.getByRole("button", { name: shop.t("action.lock"), exact: true }).click();
  await shop.inspector.getByRole("button", { name: shop.t("action.unlock"), exact: true }).click();
  await shop.inspector.getByRole("button", { name: shop.t("action.delete"), exact: true }).click();
  await note.waitFor({ state: "detached" });
});
