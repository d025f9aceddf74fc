// Starts the page: loads the program, shows how far it is, and says what is wrong when it can't.
//
// A plain script and not a module, so that it runs from a file and in a frame without an origin as well, if only
// to tell the person what to do. It holds no text: all texts are in index.html, in both languages.
//
// What it tells the page and the tests: <html data-state> is "loading", then "ready" once the app has replaced
// the loading face, or "failed"; the window gets the event "archlab:ready".
(() => {
  "use strict";

  const root = document.documentElement;
  // Held from the beginning: wherever the app mounts, and whatever it clears away, these stay at hand.
  const loading = document.getElementById("loading");
  const failure = document.getElementById("failure");
  const failureDetails = document.getElementById("failure-details");
  const failureText = document.getElementById("failure-text");
  const reload = document.getElementById("failure-reload");
  const progress = document.getElementById("loading-progress");

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
    failure.querySelector(`[data-reason="${reason}"]`).hidden = false;
    if (detail) {
      failureDetails.hidden = false;
      failureText.textContent = String(detail);
    }
    reload.addEventListener("click", () => location.reload());
    for (const part of document.body.children) part.inert = part !== failure;
    document.body.append(failure);
    failure.hidden = false;
    reload.hidden = reason === "file"; // It would come from the file again.
    if (window.parent === window) reload.focus(); // Inside another page the focus is not ours to take.
  }

  /**
   * A panic in the program ends as a trap, which surfaces here whichever callback it happened in. The program shows
   * a face of its own then, which can save the design; ours is for the case that it could not.
   */
  function failOnTrap(error) {
    if (typeof WebAssembly !== "object" || !(error instanceof WebAssembly.RuntimeError)) return;
    if (document.querySelector("body > .failure")) root.dataset.state = "failed";
    else fail("crash", error.stack || error);
  }
  window.addEventListener("error", (event) => failOnTrap(event.error));
  window.addEventListener("unhandledrejection", (event) => failOnTrap(event.reason));

  /** The program's response, with its body counted on the way to the compiler. */
  async function fetchProgram(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${response.statusText} ${url}`);
    const expected = Number(response.headers.get("content-length"));
    // A compressed body is counted after unpacking: its length tells nothing, so the bar stays indeterminate.
    if (!response.body || !expected || response.headers.get("content-encoding")) return response;
    let received = 0;
    const counter = new TransformStream({
      transform(chunk, counted) {
        received += chunk.byteLength;
        progress.value = Math.min(1, received / expected);
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
      watch.observe(document.body, { childList: true, subtree: true });
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
