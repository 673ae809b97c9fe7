import { button, make } from "./element";
import type { Tongue } from "./tongue";

/** What is asked before something that cannot be undone. */
export interface Question {
  ask: string;
  explain: string[];
  yes: string;
}

/**
 * Asks once more, with two buttons of equal weight; Escape is a no. `act` may fail: its sentence is then told in the
 * dialog, and the reader may try again. `done` is called when it has acted and the dialog is gone.
 */
export function confirm<Result>(
  tongue: Tongue,
  { ask, explain, yes }: Question,
  act: () => Promise<Result>,
  sentence: (error: unknown) => string,
  done: (result: Result) => void,
): void {
  const said = make("p", { class: "wrong", role: "alert" });
  const no = button(tongue.say("leave_it"), () => dialog.close());
  const sure = button(yes, async () => {
    no.disabled = sure.disabled = busy = true;
    said.textContent = tongue.say("erasing");
    try {
      const result = await act();
      dialog.close();
      done(result);
    } catch (error) {
      said.textContent = `${sentence(error)} ${tongue.say("wrong_twice")}`;
      no.disabled = sure.disabled = busy = false;
      sure.focus();
    }
  });
  let busy = false;
  const dialog = make(
    "dialog",
    { "aria-labelledby": "ask", "aria-describedby": "explain" },
    make("h2", { id: "ask" }, ask),
    make("div", { id: "explain" }, ...explain.map((text) => make("p", {}, text))),
    make("div", { class: "row equal" }, no, sure),
    said,
  );
  // What is on its way cannot be called back, so the dialog stays to tell how it went.
  dialog.addEventListener("cancel", (event) => busy && event.preventDefault());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
