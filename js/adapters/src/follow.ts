import type { Banner, Byleave, Handle, Purpose, Source } from "../../tag/src/handle";
import type { Adapter, Choice } from "./adapter";
import { inForce, markOf } from "./mark";
import { granted, namesOf } from "./names";

export interface Followed {
  /** Obey a tool from now on. */
  add(name: string, adapter: Adapter): void;
  /** `name` stops everything, or lets it go on. */
  hold(name: string, stop: boolean): void;
}

/**
 * Obeys the site's consent tools: starts only on a yes made by a person that is new, stops on any doubt, and withdraws on
 * a no. What it stops is only paused: nothing is recorded or sent, nothing is erased. `data`: the tag's
 * attributes; `waiting`: the tools that stop it until they are there.
 */
export function follow(tag: Handle, banner: Banner, data: DOMStringMap, waiting: string[]): Followed {
  const { consent } = (window as unknown as Record<string, Byleave>)[`byleave:${tag.site_}`]!;
  const mark = markOf(tag);
  const held = new Set(waiting);
  let work = Promise.resolve(); // one decision after the other

  tag.yes_ = () => {
    const state = tag.read_();
    return !held.size && !consent.status().signal && inForce(state) && state.token;
  };

  const hold = (name: string, stop: boolean): void => {
    const before = held.size;
    if (stop) held.add(name);
    else held.delete(name);
    // The measuring part, once loaded, looks by itself whether it may go on; it is loaded when it may begin.
    if (before && tag.yes_()) tag.write_(tag.read_());
  };

  const grant = async (purposes: Purpose[], source: Source, at: number): Promise<void> => {
    try {
      await banner.grant_(purposes, source, at);
      mark.open(at);
    } catch (error) {
      if ((error as { stale_?: boolean }).stale_) mark.close();
      throw error;
    }
  };

  const add = (name: string, { source, measure, follow }: Adapter): void => {
    const names = namesOf(data, measure);
    let last: Choice | undefined;

    const decide = async (): Promise<void> => {
      const choice = last;
      if (!choice) return;
      const yes = granted(names, choice);
      if (!yes.includes("measure")) {
        if (inForce(tag.read_())) await consent.withdraw();
        return;
      }
      if (consent.status().signal) return;
      // Purposes that the tool has no say in stay as they were answered to us.
      const kept = ({ purposes = [] }: { purposes?: Purpose[] | undefined }): Purpose[] =>
        purposes.filter((one) => yes.includes(one) || !names[one].length);
      const { purposes = [] } = tag.read_();
      const wider = !inForce(tag.read_()) || yes.some((one) => !purposes.includes(one));
      if (wider && mark.before(choice.at))
        await grant([...new Set([...yes, ...kept(tag.read_())])], source!, choice.at!);
      const now = tag.read_();
      if (inForce(now) && kept(now).length < now.purposes!.length)
        await grant(kept(now), source!, Date.now());
      if (last == choice) hold(name, false);
    };

    const hear = (choice?: Choice): void => {
      last = choice;
      hold(name, true); // until it is clear what this means
      work = work.then(decide).catch((error: Error) => console.warn(`Byleave: ${error.message}`));
    };
    hold(name, true);
    follow(hear, (stop) => hold(name, stop), names.measure);
  };

  mark.check();
  document.addEventListener("byleave:consent", mark.check);
  return { add, hold };
}
