// How smooth it is here, told and not judged: computers that test are shared, and a test is no benchmark.

import assert from "node:assert/strict";

import { pageTest } from "./harness.mjs";
import { Shop } from "./shop.mjs";

const WATCH_MS = 5_000;

for (const layout of ["cluster", "microservice"]) {
  pageTest(`frames go on while the ${layout} plays`, { languages: ["en"] }, async (stage) => {
    const shop = await Shop.open(stage, { query: { layout } });
    await shop.play();
    await shop.waitForSecond(1);
    const before = await shop.seconds();
    const intervals = await stage.page.evaluate(
      (watch) =>
        new Promise((done) => {
          const intervals = [];
          let last = performance.now();
          const end = last + watch;
          const frame = (now) => {
            intervals.push(now - last);
            last = now;
            if (now < end) requestAnimationFrame(frame);
            else done(intervals.slice(1));
          };
          requestAnimationFrame(frame);
        }),
      WATCH_MS,
    );
    intervals.sort((a, b) => a - b);
    const quantile = (share) => intervals[Math.floor(share * (intervals.length - 1))].toFixed(1);
    console.log(`${layout}: ${intervals.length} frames, median ${quantile(0.5)} ms, p95 ${quantile(0.95)} ms`);
    assert.ok(intervals.length > 5, "the page is alive");
    assert.ok((await shop.seconds()) > before, "and so is the run");
  });
}
