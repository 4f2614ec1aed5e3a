/** The size of the terminal. @module */

/** Columns and rows of the terminal, or null where there is none, or it does not say. */
export function terminalSize(): { readonly columns: number; readonly rows: number } | null {
  try {
    const { columns, rows } = Deno.consoleSize();
    return columns > 0 ? { columns, rows } : null;
  } catch {
    return null;
  }
}

/** Text cut to one line of the terminal: a line that wraps cannot be erased. Without a size, 80 columns. */
export function cutToTerminal(text: string): string {
  // The last column stays empty: some terminals begin a new line when it is written to.
  const width = (terminalSize()?.columns ?? 80) - 1;
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
