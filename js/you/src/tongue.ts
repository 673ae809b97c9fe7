/** What the page says, in the language it came in: the collector puts the words on the body. */
export class Tongue {
  readonly language = document.documentElement.lang;
  private readonly words: Record<string, string> & {
    purpose: Record<string, string>;
    stored: Record<string, string>;
  } = JSON.parse(document.body.dataset.words!);

  /** A sentence with its gaps filled. */
  say(name: string, gaps: Record<string, string | number> = {}): string {
    return (this.words[name] ?? "").replace(/\{(\w+)\}/g, (gap, key: string) => `${gaps[key] ?? gap}`);
  }

  /** What a purpose allows, in one line. */
  purpose(name: string): string {
    return this.words.purpose[name] ?? name;
  }

  /** What the notice says of one kind of data. */
  stored(category: string): string {
    return this.words.stored[category] ?? "";
  }

  /** The day, such as 3 October 2026; a bare date is that day wherever the reader is. */
  date(iso: string): string {
    const zone = iso.length == 10 ? { timeZone: "UTC" } : {};
    return this.format(iso, { dateStyle: "long", ...zone });
  }

  /** The same, shorter. */
  shortDate(iso: string): string {
    const zone = iso.length == 10 ? { timeZone: "UTC" } : {};
    return this.format(iso, { dateStyle: "medium", ...zone });
  }

  /** Hour and minute. */
  time(iso: string): string {
    return this.format(iso, { timeStyle: "short" });
  }

  /** Day, hour and minute. */
  moment(iso: string): string {
    return this.format(iso, { dateStyle: "long", timeStyle: "short" });
  }

  /** A country by its ISO 3166-1 code. */
  country(code: string): string {
    try {
      return new Intl.DisplayNames(this.language, { type: "region" }).of(code) ?? code;
    } catch {
      return code;
    }
  }

  private format(iso: string, how: Intl.DateTimeFormatOptions): string {
    const at = new Date(iso);
    // English as it is written where the day comes first, like the texts themselves.
    const language = this.language == "en" ? "en-GB" : this.language;
    return isNaN(+at) ? iso : new Intl.DateTimeFormat(language, how).format(at);
  }
}
