// Starts the page: loads the program, shows how far it is, and says what is wrong when it can't.
//
// A plain script and not a module, so that it runs from a file and in a frame without an origin as well, if only
// to tell the person what to do. It holds no text: all texts are in index.html, in both languages.
//
// What it tells the page and the tests: <html data-state> is "loading", then "ready" once the app has replaced
// the loading face, or "failed"; the window gets the event "archlab:ready".
// What the program may tell it: the window event "archlab:crash", whose detail is a text for the failure face.
(() => {
  "use strict";

  const root = document.documentElement;
  const loading = document.getElementById("loading");

  /** The theme of the faces: the one asked for, else the one chosen before, else the system's by style alone. */
  function firstTheme() {
    const asked = new URLSearchParams(location.search).get("theme");
    if (asked) return asked;
    try {
      return localStorage.getItem("archlab.theme");
    } catch {
      return null; // Frames of another site have no storage.
    }
  }
  const theme = firstTheme();
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;

  /** Covers the page with the failure face. The first failure stays: later ones are mostly its echo. */
  function fail(reason, detail) {
    if (root.dataset.state === "failed") return;
    root.dataset.state = "failed";
    const face = document.getElementById("failure");
    face.querySelector(`[data-reason="${reason}"]`).hidden = false;
    if (detail) {
      document.getElementById("failure-details").hidden = false;
      document.getElementById("failure-text").textContent = String(detail);
    }
    const reload = document.getElementById("failure-reload");
    reload.addEventListener("click", () => location.reload());
    document.getElementById("app").inert = true;
    face.hidden = false;
    reload.hidden = reason === "file"; // It would come from the file again.
    if (window.parent === window) reload.focus(); // Inside another page the focus is not ours to take.
  }

  /** A panic in the program ends as a trap, which surfaces here whichever callback it happened in. */
  function failOnTrap(error) {
    if (typeof WebAssembly === "object" && error instanceof WebAssembly.RuntimeError) {
      fail("crash", error.stack || error);
    }
  }
  window.addEventListener("archlab:crash", (event) => fail("crash", event.detail));
  window.addEventListener("error", (event) => failOnTrap(event.error));
  window.addEventListener("unhandledrejection", (event) => failOnTrap(event.reason));

  /** The program's response, with its body counted on the way to the compiler. */
  async function fetchProgram(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText} ${url}`);
    const expected = Number(response.headers.get("content-length"));
    // A compressed body is counted after unpacking: its length tells nothing, so the bar stays indeterminate.
    if (!response.body || !expected || response.headers.get("content-encoding")) return response;
    const bar = document.getElementById("loading-progress");
    let received = 0;
    const counter = new TransformStream({
      transform(chunk, counted) {
        received += chunk.byteLength;
        if (bar) bar.value = Math.min(1, received / expected);
        counted.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(counter), { status: 200, headers: response.headers });
  }

  /** Resolves when the app has taken the place of the loading face. */
  function appMounted() {
    return new Promise((resolve) => {
      if (!loading.isConnected) return resolve();
      const watch = new MutationObserver(() => {
        if (loading.isConnected) return;
        watch.disconnect();
        resolve();
      });
      watch.observe(document.getElementById("app"), { childList: true });
    });
  }

  async function start() {
    if (location.protocol === "file:") return fail("file");
    if (typeof WebAssembly !== "object") return fail("unsupported");
    const program = document.getElementById("program").dataset;
    const mounted = appMounted();
    try {
      const response = fetchProgram(new URL(program.wasm, document.baseURI));
      response.catch(() => {}); // Reported below, by whoever awaits it first.
      const { default: init } = await import(new URL(program.script, document.baseURI));
      await init({ module_or_path: await response });
    } catch (error) {
      return fail(error instanceof WebAssembly.RuntimeError ? "crash" : "network", error);
    }
    await mounted;
    if (root.dataset.state !== "loading") return;
    root.dataset.state = "ready";
    window.dispatchEvent(new CustomEvent("archlab:ready"));
  }

  start();
})();
