import type { Tongue } from "./tongue";
import { isDone } from "./wire";

const FIRST_MS = 3_000;
const LAST_MS = 60_000;

/** Tells how far an erasure is, and looks again by itself, ever more rarely, while the page is open. */
export class Progress {
  private done = false;
  private wait = FIRST_MS;
  private told: HTMLElement | undefined;

  constructor(
    private readonly job: string,
    private readonly tell: () => Tongue,
    private readonly said: (sentence: string) => void,
  ) {
    this.later();
  }

  /** Shows it in an element, from now on in that one. */
  show(element: HTMLElement): HTMLElement {
    this.told = element;
    element.textContent = this.sentence;
    return element;
  }

  private get sentence(): string {
    return this.tell().say(this.done ? "job_done" : "job_waiting");
  }

  private later(): void {
    setTimeout(() => this.look(), this.wait);
    this.wait = Math.min(this.wait * 1.6, LAST_MS);
  }

  private async look(): Promise<void> {
    // A question that fails is asked again like one that is answered "not yet".
    this.done = await isDone(this.job).catch(() => false);
    if (!this.done) return this.later();
    if (this.told) this.told.textContent = this.sentence;
    this.said(this.sentence);
  }
}
