import { Form, Input, Segmented, Switch } from "antd";
import { useTranslation } from "react-i18next";

/** What a person says of a customer; the same in a new one and in a change. */
export function CustomerFields() {
  const { t } = useTranslation();
  return (
    <>
      <Form.Item
        name="name"
        label={t("customer.name")}
        rules={[{ required: true, whitespace: true, message: t("form.required") }]}
      >
        <Input maxLength={200} autoFocus />
      </Form.Item>
      <Form.Item name="kind" label={t("customer.kind")}>
        <Segmented
          options={(["person", "organisation"] as const).map((kind) => ({
            value: kind,
            label: t(`customerKind.${kind}`),
          }))}
        />
      </Form.Item>
      <Form.Item name="level" label={t("customer.level")}>
        <Input maxLength={40} placeholder={t("customer.levelHint")} />
      </Form.Item>
      <div className="two">
        {(["region", "industry", "source", "stage"] as const).map((field) => (
          <Form.Item key={field} name={field} label={t(`customer.${field}`)}>
            <Input maxLength={80} />
          </Form.Item>
        ))}
      </div>
      <Form.Item name="vip" label={t("customer.vip")} valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="notes" label={t("customer.notes")}>
        <Input.TextArea autoSize={{ minRows: 3, maxRows: 10 }} maxLength={8000} />
      </Form.Item>
    </>
  );
}
