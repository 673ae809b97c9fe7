import type { Adapter } from "./adapter";

interface Settings {
  default?: boolean;
  required?: boolean;
  optOut?: boolean;
}
interface Service extends Settings {
  name: string;
  purposes?: string[];
}
interface Manager {
  /** A person has chosen about every service. */
  confirmed: boolean;
  /** Not what is ticked but not saved yet, which is in `consents`. */
  savedConsents: Record<string, boolean>;
  config: Settings & { services: Service[] };
  watch(watcher: { update(manager: Manager, event: string, data?: { type?: string }): void }): void;
}

const adapter: Adapter = {
  source: "klaro",
  measure: "byleave",
  follow(hear) {
    const manager = (window as unknown as { klaro: { getManager(): Manager } }).klaro.getManager();
    const look = (at?: number): void => {
      if (!manager.confirmed) return hear();
      const { config, savedConsents } = manager;
      // What was ticked beforehand was not chosen.
      const open = ({ default: on = config.default, required, optOut }: Settings): boolean =>
        !(on || (required ?? config.required) || (optOut ?? config.optOut));
      hear({
        given(name) {
          const services = config.services.filter((one) => one.name == name || one.purposes?.includes(name));
          return (
            services.length > 0 && services.every((one) => open(one) && savedConsents[one.name] === true)
          );
        },
        at,
      });
    };
    manager.watch({
      update(_, event, data) {
        // Klaro tells who saved: a script is no person.
        if (event == "saveConsents") look(data?.type == "script" ? undefined : Date.now());
        else if (!manager.confirmed) hear();
      },
    });
    look();
  },
};
export default adapter;
