// Changing my password, on my account and after the first sign-in.

import { useQueryClient } from "@tanstack/react-query";
import { App, Button, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import { Problem, session } from "../api";
import { meKey } from "../app/session";
import { fault, saying } from "../ui/say";

type Words = { current: string; next: string; again: string };

export function PasswordForm() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const [form] = Form.useForm<Words>();
  async function change({ current, next }: Words) {
    try {
      await session.password(current, next);
      form.resetFields();
      void message.success(t("account.passwordChanged"));
      await queries.invalidateQueries({ queryKey: meKey });
    } catch (why) {
      if (why instanceof Problem)
        form.setFields(why.errors.map((one) => ({ name: one.field as keyof Words, errors: [fault(one)] })));
      void message.error(saying(why));
    }
  }
  return (
    <Form form={form} layout="vertical" className="settings" onFinish={change} requiredMark={false}>
      <Form.Item name="current" label={t("account.current")} rules={[{ required: true, message: t("form.required") }]}>
        <Input.Password autoComplete="current-password" />
      </Form.Item>
      <Form.Item name="next" label={t("account.next")} rules={[{ required: true, message: t("form.required") }]}>
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t("account.again")}
        dependencies={["next"]}
        rules={[
          { required: true, message: t("form.required") },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              !value || value === getFieldValue("next")
                ? Promise.resolve()
                : Promise.reject(new Error(t("account.differ"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit">
        {t("account.change")}
      </Button>
    </Form>
  );
}
