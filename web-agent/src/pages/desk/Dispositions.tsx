// What the call came to, chosen without a mouse: digits for the five most used, letters to search, arrows, Enter.

import { CheckOutlined, SearchOutlined } from "@ant-design/icons";
import { Input, type InputRef } from "antd";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DispositionNode } from "../../api";
import { useName } from "../../ui/bits";
import { findLeaves, type Leaf, leavesOf, toggled, topFive } from "./tree";

type Props = {
  tree: DispositionNode[];
  /** The company's: what was chosen in another queue still has its name. */
  all: DispositionNode[];
  chosen: string[];
  choose: (ids: string[]) => void;
  used: Record<string, number>;
  /** Take the keyboard, unless somebody types. */
  focus: boolean;
  disabled: boolean;
};

export function Dispositions({ tree, all, chosen, choose, used, focus, disabled }: Props) {
  const { t } = useTranslation();
  const name = useName();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<InputRef>(null);
  const leaves = useMemo(() => leavesOf(tree), [tree]);
  // Frozen while the card is open: keys must not move under the fingers.
  const [frozen] = useState(used);
  const top = useMemo(() => topFive(leaves, frozen), [leaves, frozen]);
  // What is chosen is always in sight, also where its branch is shut.
  const elsewhere = leavesOf(all).filter((leaf) => chosen.includes(leaf.id) && !top.some((one) => one.id === leaf.id));
  const found = useMemo(() => (typed ? findLeaves(leaves, typed) : []), [leaves, typed]);
  const current = Math.min(at, found.length - 1);
  const toggle = (leaf: Leaf | undefined) => {
    if (!leaf || disabled) return;
    choose(toggled(chosen, leaf.id));
    setTyped("");
    setAt(0);
  };

  useEffect(() => {
    const typing = document.activeElement?.tagName === "TEXTAREA";
    if (focus && !typing) field.current?.focus({ preventScroll: true });
  }, [focus]);

  function pressed(event: React.KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    if (!typed && /^[1-5]$/.test(event.key)) toggle(top[Number(event.key) - 1]);
    else if (typed && event.key === "Enter") toggle(found[current]);
    else if (typed && event.key === "ArrowDown") setAt(Math.min(current + 1, found.length - 1));
    else if (typed && event.key === "ArrowUp") setAt(Math.max(current - 1, 0));
    else if (typed && event.key === "Escape") setTyped("");
    else return;
    event.preventDefault();
  }

  return (
    <div className="dispositions">
      <Input
        ref={field}
        value={typed}
        disabled={disabled}
        prefix={<SearchOutlined />}
        placeholder={t("wrap.find")}
        aria-label={t("wrap.find")}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={pressed}
      />
      {typed ? (
        <ul className="leaf-list">
          {found.slice(0, 8).map((leaf, index) => (
            <li key={leaf.id}>
              <LeafButton
                leaf={leaf}
                on={chosen.includes(leaf.id)}
                lit={index === current}
                press={() => toggle(leaf)}
              />
            </li>
          ))}
          {found.length === 0 && <li className="soft pad">{t("word.nothing")}</li>}
        </ul>
      ) : (
        <>
          <div className="top-five">
            {top.map((leaf, index) => (
              <LeafButton
                key={leaf.id}
                leaf={leaf}
                on={chosen.includes(leaf.id)}
                digit={index + 1}
                press={() => toggle(leaf)}
              />
            ))}
            {elsewhere.map((leaf) => (
              <LeafButton key={leaf.id} leaf={leaf} on press={() => toggle(leaf)} />
            ))}
          </div>
          <div className="branches">
            {tree
              .filter((node) => node.children.length > 0)
              .map((node) => (
                <details key={node.id}>
                  <summary>{name(node)}</summary>
                  <div>
                    {leaves
                      .filter((leaf) => leaf.parent?.id === node.id)
                      .map((leaf) => (
                        <LeafButton
                          key={leaf.id}
                          leaf={leaf}
                          on={chosen.includes(leaf.id)}
                          press={() => toggle(leaf)}
                          bare
                        />
                      ))}
                  </div>
                </details>
              ))}
          </div>
        </>
      )}
    </div>
  );
}

function LeafButton({
  leaf,
  on,
  lit = false,
  digit,
  bare = false,
  press,
}: {
  leaf: Leaf;
  on: boolean;
  lit?: boolean;
  digit?: number;
  bare?: boolean;
  press: () => void;
}) {
  const name = useName();
  return (
    <button type="button" className={`leaf ${on ? "on" : ""} ${lit ? "lit" : ""}`} aria-pressed={on} onClick={press}>
      {digit && <kbd>{digit}</kbd>}
      <span>
        {leaf.parent && !bare && <small>{name(leaf.parent)} / </small>}
        {name(leaf)}
      </span>
      {on && <CheckOutlined />}
    </button>
  );
}
