// The page to try the API, made from its description. No library, nothing from elsewhere.
"use strict";

const make = (name, props = {}, ...children) => {
  const element = Object.assign(document.createElement(name), props);
  element.append(...children);
  return element;
};

/** An example value of a schema, following references a few levels down. */
function example(schema, all, depth = 0) {
  if (!schema || depth > 6) return null;
  if (schema.$ref) return example(all[schema.$ref.split("/").pop()], all, depth + 1);
  if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => example(part, all, depth + 1)));
  const one = (schema.oneOf ?? schema.anyOf)?.find((part) => part.type !== "null");
  if (one) return example(one, all, depth + 1);
  if (schema.enum) return schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type.find((t) => t !== "null") : schema.type;
  if (type === "object") {
    return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([key, value]) => [key, example(value, all, depth + 1)]));
  }
  if (type === "array") return [];
  return { string: "", integer: 0, number: 0, boolean: false }[type] ?? null;
}

function route(path, method, operation, schemas) {
  const inputs = (operation.parameters ?? []).map((parameter) => {
    const input = make("input", { name: parameter.name });
    return { parameter, input, label: make("label", {}, `${parameter.name} (${parameter.in}) `, input) };
  });
  const wanted = operation.requestBody?.content?.["application/json"]?.schema;
  const body = wanted && make("textarea", { value: JSON.stringify(example(wanted, schemas), null, 2), ariaLabel: "body" });
  const out = make("pre", { hidden: true });
  const send = make("button", { textContent: "Send", type: "button" });
  send.onclick = async () => {
    let url = path;
    const query = new URLSearchParams();
    for (const { parameter, input } of inputs) {
      if (parameter.in === "path") url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value) query.set(parameter.name, input.value);
    }
    const answer = await fetch(query.size ? `${url}?${query}` : url, {
      method: method.toUpperCase(),
      headers: body ? { "content-type": "application/json" } : {},
      body: body ? body.value : undefined,
    });
    const text = await answer.text();
    let shown = text;
    try {
      shown = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Not JSON: shown as it came.
    }
    out.hidden = false;
    out.textContent = `${answer.status} ${answer.statusText}\n\n${shown}`;
  };
  return make(
    "details",
    {},
    make("summary", {}, make("span", { className: "method", textContent: method.toUpperCase() }), make("code", { textContent: path }), ` ${operation.summary ?? ""}`),
    make("div", { className: "body" }, make("p", { textContent: operation.description ?? "" }), ...inputs.map((i) => i.label), ...(body ? [body] : []), send, out),
  );
}

async function show() {
  const answer = await fetch("/api/openapi.json");
  const description = await answer.json();
  document.getElementById("about").textContent = description.info.description;
  const routes = document.getElementById("routes");
  for (const [path, item] of Object.entries(description.paths)) {
    for (const method of ["get", "post", "put", "delete"]) {
      if (item[method]) routes.append(route(path, method, item[method], description.components?.schemas ?? {}));
    }
  }
}

show();
