/** What the commands share when they speak: exit codes, numbers and tables as text. */

export const ExitCode = {
  ok: 0,
  /** Nothing to show, or the study could not go on. */
  failed: 1,
  /** A wrong config or wrong arguments. */
  usage: 2,
  /** As shells report a program that was interrupted; the study can be resumed. */
  interrupted: 130,
} as const;

/** Columns padded to their widest cell; the first row is the heading. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
