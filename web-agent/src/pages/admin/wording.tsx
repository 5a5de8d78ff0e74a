// Dispositions and not-ready reasons: what people choose from, in both languages.

import { useTranslation } from "react-i18next";
import { type AdminDisposition, type AdminReason, admin } from "../../api";
import { useList, useName } from "../../ui/bits";
import { Count, Pick, Text } from "./parts";
import { Things, useThings } from "./Things";

export function DispositionsSection() {
  const { t } = useTranslation();
  const name = useName();
  const list = useList();
  const all = useThings(admin.dispositions);
  const queues = useThings(admin.queues);
  const parent = (id: string | null) => all.data?.find((one) => one.id === id);
  const path = (one: AdminDisposition) => {
    const above = parent(one.parent);
    return above ? `${name(above)} / ${name(one)}` : name(one);
  };
  return (
    <Things<AdminDisposition>
      api={admin.dispositions}
      word="dispositions"
      labels={{
        nameZh: t("admin.nameZh"),
        nameEn: t("admin.nameEn"),
        parent: t("admin.parent"),
        queues: t("admin.queues"),
        position: t("admin.position"),
      }}
      name={path}
      blank={{ nameZh: "", nameEn: "", parent: null, queues: [], position: 0 }}
      hint={t("admin.dispositionsHint")}
      columns={[
        {
          title: t("calls.disposition"),
          sorter: (a, b) => path(a).localeCompare(path(b)),
          defaultSortOrder: "ascend",
          render: (_, one) => (one.parent ? path(one) : <b>{path(one)}</b>),
        },
        { title: t("admin.nameZh"), render: (_, one) => one.nameZh },
        { title: t("admin.nameEn"), render: (_, one) => one.nameEn },
        {
          title: t("admin.queues"),
          render: (_, one) =>
            one.queues.length === 0
              ? t("admin.everywhere")
              : list(one.queues.map((id) => queues.data?.find((each) => each.id === id)?.name ?? id)),
        },
        { title: t("admin.position"), align: "right", render: (_, one) => <span className="num">{one.position}</span> },
      ]}
      fields={(one) => (
        <>
          <Text name="nameZh" label={t("admin.nameZh")} required />
          <Text name="nameEn" label={t("admin.nameEn")} required />
          <Pick
            name="parent"
            label={t("admin.parent")}
            hint={t("admin.parentHint")}
            options={(all.data ?? [])
              .filter((each) => each.parent === null && each.id !== one?.id)
              .map((each) => ({ value: each.id, label: name(each) }))}
          />
          <Pick
            name="queues"
            many
            label={t("admin.queues")}
            hint={t("admin.dispositionQueuesHint")}
            options={(queues.data ?? []).map((each) => ({ value: each.id, label: each.name }))}
          />
          <Count name="position" label={t("admin.position")} />
        </>
      )}
    />
  );
}

export function ReasonsSection() {
  const { t } = useTranslation();
  const name = useName();
  return (
    <Things<AdminReason>
      api={admin.reasons}
      word="reasons"
      labels={{
        nameZh: t("admin.nameZh"),
        nameEn: t("admin.nameEn"),
        targetMinutes: t("admin.targetMinutes"),
      }}
      name={name}
      blank={{ nameZh: "", nameEn: "", targetMinutes: 0 }}
      hint={t("admin.reasonsHint")}
      columns={[
        { title: t("admin.nameZh"), render: (_, one) => <b>{one.nameZh}</b> },
        { title: t("admin.nameEn"), render: (_, one) => one.nameEn },
        {
          title: t("admin.targetMinutes"),
          align: "right",
          render: (_, one) => <span className="num">{one.targetMinutes || "–"}</span>,
        },
      ]}
      fields={() => (
        <>
          <Text name="nameZh" label={t("admin.nameZh")} required />
          <Text name="nameEn" label={t("admin.nameEn")} required />
          <Count name="targetMinutes" label={t("admin.targetMinutes")} hint={t("queue.zeroNone")} />
        </>
      )}
    />
  );
}
