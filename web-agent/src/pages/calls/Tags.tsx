// What a call is to be found by: short words, proposed from those in use. Saved as they change; undone where the server refuses.

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { App, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { interactions } from "../../api";
import { saying } from "../../ui/say";

export const tagsKey = ["tags"];
const MOST = 10;
const LONGEST = 40;

export function useTags(enabled = true) {
  return useQuery({ queryKey: tagsKey, queryFn: interactions.tags, staleTime: 60_000, enabled });
}

export function TagsField({ id, tags, disabled = false }: { id: string; tags: string[]; disabled?: boolean }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [shown, setShown] = useState(tags);
  const used = useTags();
  const told = tags.join("\n");
  // Another person, or another of my desks, has changed them.
  useEffect(() => setShown(told === "" ? [] : told.split("\n")), [told]);
  const save = async (next: string[]) => {
    const before = shown;
    setShown(next);
    try {
      await interactions.tag(id, next);
      void queries.invalidateQueries({ queryKey: ["interactions"] });
      void queries.invalidateQueries({ queryKey: tagsKey });
    } catch (why) {
      setShown(before);
      void message.error(saying(why));
    }
  };
  return (
    <Select
      mode="tags"
      className="tags-field"
      value={shown}
      disabled={disabled}
      maxCount={MOST}
      tokenSeparators={[",", "，", "、"]}
      placeholder={t("tags.add")}
      aria-label={t("tags.title")}
      options={(used.data ?? []).map((value) => ({ value, label: value }))}
      onChange={(next: string[]) => void save(next.map((tag) => tag.trim().slice(0, LONGEST)).filter(Boolean))}
    />
  );
}
