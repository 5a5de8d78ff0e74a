// All shortcuts, and a place to change them.

import { Alert, Button, Modal } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { chord, clash, defaultKeys, type KeyAction, keyActions, useKeys } from "../desk/keys";
import { Key } from "../ui/bits";

export function Help({ open, close }: { open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} onCancel={close} footer={null} title={t("help.title")} width={520} destroyOnHidden>
      <Shortcuts />
    </Modal>
  );
}

export function Shortcuts() {
  const { t } = useTranslation();
  const { keys, remap, reset } = useKeys();
  const [editing, setEditing] = useState<KeyAction | null>(null);
  const [taken, setTaken] = useState<KeyAction | null>(null);

  function pressed(event: React.KeyboardEvent, action: KeyAction) {
    if (event.key === "Tab") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") return setEditing(null);
    const wanted = chord(event.nativeEvent);
    if (!wanted) return;
    const other = clash(keys, action, wanted);
    setTaken(other);
    if (other) return;
    remap(action, wanted);
    setEditing(null);
  }

  return (
    <div className="shortcuts">
      {taken && (
        <Alert type="warning" showIcon title={t("help.taken", { action: t(`key.${taken}`) })} className="gap-b" />
      )}
      <ul>
        {keyActions.map((action) => (
          <li key={action}>
            <span>{t(`key.${action}`)}</span>
            {/* Of one type throughout: antd makes a new button for another, and the new one has no keyboard. */}
            <Button
              type="text"
              className={editing === action ? "pressing" : ""}
              size="small"
              aria-label={t("help.change", { action: t(`key.${action}`) })}
              onClick={() => {
                setTaken(null);
                setEditing(action);
              }}
              onKeyDown={editing === action ? (event) => pressed(event, action) : undefined}
              onBlur={() => setEditing(null)}
            >
              {editing === action ? t("help.press") : <Key chord={keys[action]} />}
            </Button>
          </li>
        ))}
      </ul>
      <p className="soft">{t("help.hint")}</p>
      <Button
        size="small"
        onClick={reset}
        disabled={keyActions.every((action) => keys[action] === defaultKeys[action])}
      >
        {t("help.reset")}
      </Button>
    </div>
  );
}
