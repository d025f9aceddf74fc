// Everything by keyboard, and nothing by accident.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

pageTest("Space plays and pauses, S goes on by one event", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  await keyboard.press("Space");
  await shop.button("action.pause").waitFor();
  await shop.waitForSecond(0.5);
  await keyboard.press("Space");
  await shop.button("action.play").waitFor();

  await shop.choseNothing();
  await stage.page.keyboard.press("Space");
  await shop.button("action.pause").waitFor();
  await keyboard.press("s");
  await shop.button("action.play").waitFor();
  const before = await shop.number("inspector.issued");
  await until("steps lead to the next request", async () => {
    await keyboard.press("s");
    return (await shop.number("inspector.issued")) > before;
  });
});

pageTest("undo and redo have their usual keys", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  await stage.drag(shop.piece("machine"), shop.group);
  await shop.machine(4).waitFor();
  for (const redo of ["Control+Shift+Z", "Control+Y"]) {
    await keyboard.press("Control+Z");
    await shop.machine(4).waitFor({ state: "detached" });
    await keyboard.press(redo);
    await shop.machine(4).waitFor();
  }
});

pageTest("Delete removes what is chosen, and Backspace too", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  for (const key of ["Delete", "Backspace"]) {
    await stage.click(await shop.grip(3));
    await stage.page.keyboard.press(key);
    await shop.machine(3).waitFor({ state: "detached" });
    await stage.page.keyboard.press("Control+Z");
    await shop.machine(3).waitFor();
    await stage.page.locator("g.machine.selected").waitFor({ state: "detached" });
  }
});

pageTest("Escape lets go of what is chosen", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(3));
  await stage.page.locator("g.machine.selected").waitFor();
  await shop.choseNothing();
  assert.equal(await stage.page.locator(".stage g.selected").count(), 0);
});

pageTest("Shift+1 shows everything, Control with + and - zooms", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const fitted = await shop.everythingSeen();
  for (const key of ["Control+=", "Control+-", "Control+-"]) {
    const before = await shop.zoom();
    await stage.page.keyboard.press(key);
    await until(`${key} zooms`, async () => (await shop.zoom()) !== before);
  }
  assert.notEqual(await shop.zoom(), fitted);
  await stage.page.keyboard.press("Shift+1");
  await until("everything is shown", async () => (await shop.zoom()) === fitted);
  assert.ok(await shop.group.isVisible());
});

pageTest("the wheel zooms at the pointer with Control, and moves the canvas without", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const at = await shop.grip(2);
  const before = (await shop.machine(2).boundingBox()).width;
  await stage.wheel(at, -300, { modifiers: ["Control"] });
  await until("it is larger", async () => (await shop.machine(2).boundingBox()).width > before * 1.2);
  const box = await shop.machine(2).locator("> rect.card").boundingBox();
  const inside = at.x > box.x && at.x < box.x + box.width && at.y > box.y && at.y < box.y + box.height;
  assert.ok(inside, "the machine is still under the pointer");
  await stage.wheel(at, 100);
  await until("it moves up", async () => (await shop.machine(2).locator("> rect.card").boundingBox()).y < box.y - 50);
});

pageTest("keys mean themselves while something is typed", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.click(await shop.grip(2));
  const cores = shop.inspector.getByLabel(shop.t("property.cores"), { exact: true });
  await cores.fill("8");
  await cores.press("Backspace");
  for (const key of ["Space", "s", ".", ",", "Delete", "Shift+1"]) await cores.press(key);
  assert.equal(await shop.machines.count(), 3, "nothing was removed");
  assert.equal(await shop.speed(), 1);
  await shop.button("action.play").waitFor();
  assert.equal(await shop.seconds(), 0);

  await cores.fill("8");
  await cores.press("Tab");
  await until("the card says so", async () => /8 cores/.test(await shop.machine(2).getAttribute("aria-label")));
  await cores.fill("many");
  await cores.press("Tab");
  await shop.inspector.getByText(shop.t("setting.whole_range", { least: 1, most: "1,024" })).waitFor();
  assert.match(await shop.machine(2).getAttribute("aria-label"), /8 cores/);
});

pageTest("a machine is added by keyboard alone, and its focus follows Tab", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { keyboard } = stage.page;
  await until("Tab reaches the palette", async () => {
    await keyboard.press("Tab");
    return shop.piece("machine").evaluate((piece) => piece === document.activeElement);
  });
  await keyboard.press("Enter");
  await shop.machine(4).waitFor();
  await until("Tab reaches the new machine", async () => {
    await keyboard.press("Tab");
    return shop.machine(4).evaluate((machine) => machine === document.activeElement);
  });
  assert.match(await shop.machine(4).getAttribute("class"), /\bselected\b/, "what has the focus is chosen");
});

pageTest("the speed slider is walked by arrows", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const slider = stage.page.getByRole("slider");
  await slider.focus();
  await slider.press("End");
  await until("100 times", async () => (await shop.speed()) === 100);
  await slider.press("Home");
  await until("a hundredth", async () => (await shop.speed()) === 0.01);
  // The first steps from there are smaller than the digits shown.
  for (let step = 0; step < 5; step += 1) await slider.press("ArrowRight");
  await until("a little more", async () => (await shop.speed()) > 0.01);
  assert.match(await slider.getAttribute("aria-valuetext"), /×/);
});
