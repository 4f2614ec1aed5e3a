/**
 * What is likely a secret, taken out of command lines and URLs before they are shown or written down. A heuristic: it
 * knows secrets by the name before them, by their place in a URL, and by the beginning that some services give them.
 *
 * @module
 */

/** What stands in place of it. */
const OUT = "…";
/** Characters of a word that are shown at most. */
const LONGEST = 4_096;

const NAMES = "pass(?:word|wd|phrase|code)?|pwd|secret|token|credentials?|cookie|jwt|signature|" +
  "auth(?:orization)?|(?:api|access|private|secret|account|auth|encryption|signing)[-_]?key|session[-_]?id";
/** `--db-password`, `TOKEN`, `X-Api-Key`: at the end of a longer name, too. */
const NAME = `(?:[\\w.-]*[._-])?(?:${NAMES})`;

/** `password=…`, `"token": …`, `Authorization: Bearer …`: up to the next thing that can be no part of it. */
const NAMED = new RegExp(
  `(?<![\\w])(${NAME}["']?\\s*[=:]\\s*)(?:(?:bearer|basic|digest)\\s+)?("[^"]*"|'[^']*'|[^\\s&;,"']+)`,
  "gi",
);
/** A flag of such a name, whose value is the next word. */
const FLAG = new RegExp(`^--?${NAME}$`, "i");
/** The same within one word: what `sh -c` is given, or the title that a process has given itself. */
const FLAGGED = new RegExp(`((?:^|[\\s"'])--?${NAME}\\s+)(?!-)[^\\s"']+`, "gi");
const SCHEME = /\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi;
const KNOWN =
  /\b(?:gh[pousr]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|npm_\w{16,}|xox[abeoprs]-[\w-]{10,}|A[KS]IA[0-9A-Z]{16}|sk-[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)/g;

const USER = /\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'@]*@/gi;
/** Of a file they are of a module loader, and tell two modules from one another. */
const QUERY = /\b((?!file:)[a-z][a-z\d+.-]*:\/\/[^\s?#"']*)([?#])[^\s"']+/gi;
const DATA = /\bdata:([\w/+.;=-]*),\S+/g;

/** A URL without user, password, query, fragment and what a `data:` URL holds; any other text as it is. */
export function redactedUrl(text: string): string {
  if (!/^[a-z][a-z\d+.-]*:/i.test(text)) return text;
  return urlsIn(text);
}

function urlsIn(text: string): string {
  return text.replace(DATA, `data:$1,${OUT}`).replace(USER, `$1${OUT}@`)
    .replace(QUERY, `$1$2${OUT}`);
}

/** A document in whose texts that are URLs nothing is left that is likely a secret. */
export function redactedUrls<T>(document: T): T {
  return JSON.parse(
    JSON.stringify(document),
    (_, value: unknown) => typeof value === "string" ? redactedUrl(value) : value,
  );
}

/** A command line, its words with spaces between them. */
export function redactedCommand(words: readonly string[]): string {
  return redactedWords(words).join(" ");
}

/** The words of a command line. */
export function redactedWords(words: readonly string[]): readonly string[] {
  return words.map((word, n) => {
    const before = words[n - 1];
    if (before !== undefined && FLAG.test(before) && !word.startsWith("-")) return OUT;
    const known = urlsIn(word.slice(0, LONGEST)).replace(NAMED, `$1${OUT}`);
    return known.replace(FLAGGED, `$1${OUT}`).replace(SCHEME, `$1${OUT}`).replace(KNOWN, OUT);
  });
}
