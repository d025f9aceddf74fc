// Designs are kept, saved and opened; what is wrong is said, and harms nothing.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { LEAVES, pageTest } from "./harness.mjs";
import { Shop, until } from "./shop.mjs";

const PREFIX = "archlab.design.";

/** Adds a machine by the shortest way. */
async function addMachine(shop) {
  await shop.piece("machine").focus();
  await shop.page.keyboard.press("Enter");
  await shop.machine(4).waitFor();
}

async function untilKept(shop, text) {
  await until("the browser keeps it", () =>
    shop.page.evaluate(([prefix, text]) => {
      const kept = Object.entries(localStorage).filter(([key]) => key.startsWith(prefix));
      return kept.some(([, record]) => record.includes(text));
    }, [PREFIX, text]));
}

/** Saves by the button; gives the text of the file. */
async function save(shop) {
  const [download] = await Promise.all([shop.page.waitForEvent("download"), shop.chooseInDesignMenu("action.save")]);
  assert.match(download.suggestedFilename(), /^[\p{L}\p{N}-]+\.json$/u, "the file is called as the design is");
  return readFile(await download.path(), "utf8");
}

async function choose(shop, name, content) {
  const file = { name, mimeType: "application/json", buffer: Buffer.from(content) };
  await shop.page.locator("input[type=file]").setInputFiles(file);
}

pageTest("a reload finds the design again", { languages: ["en"], ...LEAVES }, async (stage) => {
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

pageTest("a reload keeps language and theme", { languages: ["en"], ...LEAVES }, async (stage) => {
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

pageTest("what the browser kept and cannot be read is not in the way", { languages: ["en"], ...LEAVES }, async (stage) => {
  const shop = await Shop.open(stage);
  await stage.page.evaluate((prefix) => {
    localStorage.setItem("archlab.design", "{ broken");
    localStorage.setItem(`${prefix}abc`, "nonsense");
    localStorage.setItem(`${prefix}abd`, "0000000000005 0000000000000\n{ broken");
    localStorage.setItem("archlab.last", "abd");
    sessionStorage.setItem("archlab.open", "abc");
  }, PREFIX);
  // Without a design in the address, which would win.
  await stage.page.goto(stage.address({ query: { start: "paused" } }));
  await stage.ready();
  assert.equal(await shop.machines.count(), 3);
});

pageTest("an example opens in place of the design, with a run of its own", {}, async (stage) => {
  const shop = await Shop.open(stage);
  for (const layout of ["distributed", "microservice", "cluster"]) {
    await shop.chooseInDesignMenu(`example.${layout}`);
    await until(`the shop is ${layout}`, async () => (await shop.chosenLayout()) === shop.t(`layout.${layout}`));
    const title = await shop.title.locator("b").innerText();
    assert.equal(title, shop.t(`example.${layout}`), "the header says what is open");
    assert.equal(await shop.seconds(), 0);
  }
});

/** The designs that the dialog shows, by their titles. */
async function designs(shop) {
  await shop.chooseInDesignMenu("action.designs");
  return shop.page.getByRole("dialog").locator(".cards .design:has(.thumbnail) b").allInnerTexts();
}

async function closeDialog(shop) {
  await shop.page.keyboard.press("Escape");
  await shop.page.getByRole("dialog").waitFor({ state: "detached" });
}

pageTest("opening something else is one step back, and both are kept", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  const before = await save(shop);
  await shop.chooseInDesignMenu("example.distributed");
  await until("the shop is distributed", async () => (await shop.chosenLayout()) === shop.t("layout.distributed"));
  await stage.page.keyboard.press("Control+Z");
  await shop.machine(4).waitFor();
  assert.equal(await save(shop), before, "undo brings back what was open, to the byte");
  await stage.page.keyboard.press("Control+Shift+Z");
  await shop.machine(4).waitFor({ state: "detached" });
  await untilKept(shop, '"layout": "distributed"');
  const titles = await designs(shop);
  assert.deepEqual(titles.sort(), [shop.t("example.cluster"), shop.t("example.distributed")].sort());
});

pageTest("designs are made, renamed, copied, deleted and brought back", {}, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await shop.chooseInDesignMenu("action.new_design");
  await until("it is empty", async () => (await shop.machines.count()) === 0);
  await shop.chooseInDesignMenu("action.rename_design");
  const field = page.locator(".title-field");
  await field.fill("Payments");
  await field.press("Enter");
  await until("the title says so", async () => (await shop.title.innerText()).trim() === "Payments");
  await addFirstMachine(shop);
  await shop.chooseInDesignMenu("action.copy_design");
  const copy = shop.t("documents.copy_of", { title: "Payments" });
  await until("the copy is open", async () => (await shop.title.innerText()).trim() === copy);

  assert.deepEqual((await designs(shop)).sort(), [copy, "Payments", shop.t("example.cluster")].sort());
  await stage.assertAccessible();
  await stage.screenshot(`designs-${stage.language}`);
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: shop.t("documents.more", { title: "Payments" }), exact: true }).click();
  await dialog.getByRole("menuitem", { name: shop.t("action.delete") }).click();
  await dialog.getByRole("button", { name: shop.t("documents.restore") }).waitFor();
  assert.equal(await dialog.locator(".cards b", { hasText: /^Payments$/ }).count(), 0);
  await dialog.getByRole("button", { name: shop.t("documents.restore") }).click();
  await dialog.locator(".cards b", { hasText: /^Payments$/ }).click();
  await dialog.waitFor({ state: "detached" });
  await until("it is open", async () => (await shop.title.innerText()).trim() === "Payments");
});

/** Adds a machine to a design without any. */
async function addFirstMachine(shop) {
  await shop.piece("machine").focus();
  await shop.page.keyboard.press("Enter");
  await until("there is a machine", async () => (await shop.machines.count()) === 1);
}

pageTest("two tabs do not write over each other", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  await untilKept(shop, "machine-4");
  const second = await stage.context.newPage();
  await second.goto(stage.address({ query: { start: "paused" } }));
  await stage.ready(second);
  await second.locator(".palette button.piece").first().focus();
  await second.keyboard.press("Enter");
  await untilKept(shop, "machine-5");

  await shop.layout("microservice").click();
  const said = await shop.notice();
  assert.equal(said.trim(), shop.t("documents.kept_beside"));
  await untilKept(shop, '"layout": "microservice"');
  const texts = await stage.page.evaluate((prefix) =>
    Object.entries(localStorage).filter(([key]) => key.startsWith(prefix)).map(([, record]) => record), PREFIX);
  assert.equal(texts.length, 2, "both are kept");
  assert.ok(texts.some((text) => text.includes("machine-5") && text.includes('"layout": "cluster"')));
});

pageTest("a full storage is told, and nothing that is kept is lost", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  await untilKept(shop, "machine-4");
  await stage.page.evaluate(() => {
    for (let size = 1 << 20; size >= 1; size = Math.floor(size / 2)) {
      try {
        for (let number = 0; ; number += 1) localStorage.setItem(`filler-${size}-${number}`, "x".repeat(size));
      } catch {
        // The next smaller one.
      }
    }
  });
  await shop.chooseInDesignMenu("action.copy_design");
  assert.equal((await shop.notice()).trim(), shop.t("documents.full"));
  await untilKept(shop, "machine-4");
});

pageTest("a file is dropped on the page, and a text is pasted", { languages: ["en"] }, async (stage) => {
  const shop = await Shop.open(stage);
  const { page } = stage;
  await addMachine(shop);
  const text = await save(shop);
  await shop.chooseInDesignMenu("example.cluster");
  await shop.machine(4).waitFor({ state: "detached" });
  const drop = (name) => page.evaluate(([name, text]) => {
    const held = new DataTransfer();
    held.items.add(new File([text], "design.json", { type: "application/json" }));
    document.querySelector(".stage").dispatchEvent(new DragEvent(name, { dataTransfer: held, bubbles: true, cancelable: true }));
  }, [name, text]);
  await drop("dragover");
  await page.getByText(shop.t("documents.drop_here")).waitFor();
  await drop("drop");
  await shop.machine(4).waitFor();
  assert.equal(await page.getByText(shop.t("documents.drop_here")).count(), 0);

  await shop.chooseInDesignMenu("example.cluster");
  await shop.machine(4).waitFor({ state: "detached" });
  const paste = (text) => page.evaluate((text) => {
    const held = new DataTransfer();
    held.setData("text/plain", text);
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true }));
  }, text);
  await paste("a shopping list");
  await paste(text);
  await shop.machine(4).waitFor();
  assert.equal(await page.locator(".notice").count(), 0);
});

pageTest("after a failure the next start asks before it goes on", { languages: ["en"], ...LEAVES }, async (stage) => {
  const shop = await Shop.open(stage);
  await addMachine(shop);
  await untilKept(shop, "machine-4");
  await stage.page.evaluate(() => sessionStorage.setItem("archlab.stopped", sessionStorage.getItem("archlab.running")));
  await stage.page.goto(stage.address({ query: { start: "paused" } }));
  await stage.ready();
  await shop.machine(3).waitFor();
  assert.equal(await shop.machines.count(), 3, "it does not begin with what may have stopped it");
  await stage.page.getByRole("button", { name: shop.t("documents.open_again") }).click();
  await shop.machine(4).waitFor();
});
