// A text field with line numbers and marked lines. Tab indents; Escape, then Tab, leaves.

import { forwardRef, useImperativeHandle, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { FlowProblem } from "../../api";

export type EditorHandle = { go: (line: number, column: number) => void };
type Props = {
  label: string;
  value: string;
  change: (text: string) => void;
  problems: FlowProblem[];
  readOnly: boolean;
};

const LINE_PX = 20;

/** Where in the text a line and column (both from 1) stand. */
export function offsetOf(text: string, line: number, column: number): number {
  const lines = text.split("\n");
  const before = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return Math.min(text.length, before + Math.min(column - 1, lines[line - 1]?.length ?? 0));
}

export const CodeEditor = forwardRef<EditorHandle, Props>(function CodeEditor(
  { label, value, change, problems, readOnly },
  ref,
) {
  const { t } = useTranslation();
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const leaving = useRef(false);
  const lines = useMemo(() => value.split("\n").length, [value]);
  const marked = useMemo(() => {
    const worst = new Map<number, string>();
    for (const one of problems) if (worst.get(one.line) !== "error") worst.set(one.line, one.severity);
    return worst;
  }, [problems]);

  useImperativeHandle(ref, () => ({
    go(line, column) {
      const it = field.current;
      if (!it) return;
      const at = offsetOf(it.value, line, column);
      const end = it.value.indexOf("\n", at);
      it.focus();
      it.setSelectionRange(at, end < 0 ? it.value.length : end);
      it.scrollTop = Math.max(0, (line - 6) * LINE_PX);
    },
  }));

  function keyed(event: React.KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === "Escape") {
      leaving.current = true;
      return;
    }
    if (event.key !== "Tab" || leaving.current || event.altKey || event.ctrlKey || readOnly) {
      leaving.current = false;
      return;
    }
    event.preventDefault();
    // insertText keeps the browser's own undo.
    if (!event.shiftKey) document.execCommand("insertText", false, "  ");
  }

  return (
    <div className="code">
      <div className="code-gutter" ref={gutter} aria-hidden="true">
        {Array.from({ length: lines }, (_, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
          <span key={at} className={marked.get(at + 1) ?? ""}>
            {at + 1}
          </span>
        ))}
      </div>
      <textarea
        ref={field}
        value={value}
        readOnly={readOnly}
        spellCheck={false}
        aria-label={label}
        aria-description={t("flow.keys")}
        wrap="off"
        onChange={(event) => change(event.target.value)}
        onKeyDown={keyed}
        onScroll={(event) => {
          if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
        }}
      />
    </div>
  );
});
