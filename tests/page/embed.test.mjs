// Inside another page: canvas and playback only, no storage, no trouble.

import assert from "node:assert/strict";

import { pageTest, SUB_PATH } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

pageTest("embedded, the page is canvas and playback", {}, async (stage) => {
  const shop = await Shop.open(stage, { query: { embed: "", layout: "cluster" } });
  assert.ok(await shop.canvas.isVisible());
  assert.ok(await shop.button("action.play").isVisible());
  for (const part of ["header.top", ".palette", ".inspector", ".charts", ".fab"]) {
    assert.equal(await stage.page.locator(part).count(), 0, `${part} stays away`);
  }
  assert.equal(await shop.chosenLayout(), shop.t("layout.cluster"));
  await shop.rightClick(await shop.grip(2), "action.power_off");
  await stage.page.locator("g.machine.off").waitFor();
  const kept = await stage.page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("archlab.design")));
  assert.deepEqual(kept, [], "the host's visitors find their own design again, not this one");
  await stage.screenshot(`embed-${stage.language}`);
});

pageTest("the address chooses the layout", { languages: ["en"] }, async (stage) => {
  for (const layout of ["cluster", "distributed", "microservice"]) {
    const shop = await Shop.open(stage, { query: { embed: "", layout } });
    assert.equal(await shop.chosenLayout(), shop.t(`layout.${layout}`));
  }
  const shop = await Shop.open(stage, { query: { layout: "nonsense" } });
  assert.equal(await shop.chosenLayout(), shop.t("layout.cluster"), "nonsense counts as absent");
});

pageTest("a sandboxed frame of another site plays it", {}, async (stage) => {
  const address = stage.address({ query: { embed: "", layout: "cluster" } }).replaceAll("&", "&amp;");
  const html = `<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>A course page</title><h1>Course</h1>
    <iframe sandbox="allow-scripts" title="archlab" width="1000" height="600" src="${address}"></iframe>`;
  await stage.page.goto(stage.hostPage("/course/week-3.html", html));
  const frame = stage.page.frames().find((candidate) => candidate.url().includes(SUB_PATH));
  await stage.ready(frame);
  const refused = await frame.evaluate(() => {
    try {
      return localStorage === null;
    } catch {
      return true;
    }
  });
  assert.ok(refused, "there is no storage");
  const clock = frame.locator(".clock");
  const first = await clock.innerText();
  await until("it plays by itself", async () => (await clock.innerText()) !== first);
  const lines = frame.locator("g.machine");
  assert.equal(await lines.count(), 3);
  await lines.nth(1).click({ button: "right", position: { x: 40, y: 14 } });
  const shop = new Shop(stage);
  await frame.getByRole("menuitem", { name: shop.t("action.power_off") }).click();
  await frame.locator("g.machine.off").waitFor();
  await stage.screenshot(`embed-frame-${stage.language}`);
});
