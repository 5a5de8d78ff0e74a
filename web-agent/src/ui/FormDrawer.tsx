// A form at the side. The server's field errors land on their fields; nothing typed is lost by a failed save.

import { Alert, Button, Drawer, Form } from "antd";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "../api";
import { fault, saying } from "./say";

type Props<T> = {
  open: boolean;
  close: () => void;
  title: ReactNode;
  initial: Partial<T>;
  save: (values: T) => Promise<void>;
  children: ReactNode;
  /** Beside Save: removing, as a rule. */
  extra?: ReactNode;
  width?: number;
};

export function FormDrawer<T extends object>({
  open,
  close,
  title,
  initial,
  save,
  children,
  extra,
  width = 460,
}: Props<T>) {
  const { t } = useTranslation();
  const [form] = Form.useForm<T>();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);

  async function submit(values: T) {
    setBusy(true);
    setFailed(null);
    try {
      // Values without a field on the form (ids, versions) travel along.
      await save({ ...(initial as T), ...values });
      close();
    } catch (why) {
      const fields = why instanceof Problem ? why.errors : [];
      form.setFields(
        fields.map((one) => ({ name: one.field.split(/[.[\]]+/).filter(Boolean) as never, errors: [fault(one)] })),
      );
      setFailed(saying(why));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Drawer
      open={open}
      onClose={close}
      title={title}
      size={width}
      destroyOnHidden
      footer={
        <div className="row">
          {extra}
          <span className="grow" />
          <Button onClick={close}>{t("form.cancel")}</Button>
          <Button type="primary" loading={busy} onClick={() => form.submit()}>
            {t("form.save")}
          </Button>
        </div>
      }
    >
      {failed && <Alert type="error" showIcon title={failed} className="gap-b" role="alert" />}
      <Form form={form} layout="vertical" initialValues={initial as never} onFinish={submit} scrollToFirstError>
        {children}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </Form>
    </Drawer>
  );
}
