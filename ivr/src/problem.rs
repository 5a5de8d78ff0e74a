//! What can be wrong with a flow, each with its place and in plain words, Chinese and English.
//! Errors block a flow from running; warnings do not. Codes are stable: editors switch on them, people read the text.

use serde::Serialize;

use crate::Language;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The flow cannot run.
    Error,
    /// The flow runs, but probably not as meant.
    Warning,
}

/// One thing wrong, at one place. Lines and columns begin at 1 and count characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    pub severity: Severity,
    pub code: &'static str,
    pub line: u32,
    pub column: u32,
    /// The node it belongs to, where it belongs to one.
    pub node: Option<String>,
    pub en: String,
    pub zh: String,
}

impl Problem {
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::ZhCn => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if let Some(node) = &self.node {
            write!(f, ", node {node}")?;
        }
        write!(f, ": {}", self.en)
    }
}

/// A place in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Spot {
    pub line: u32,
    pub column: u32,
}

/// What is wrong, before it has a place. `what` names the kind of thing a name should have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    Yaml(String),
    TooLarge(String),
    Alias,
    DuplicateKey(String),
    DuplicateDigit(char),
    UnknownField { field: String, expected: Vec<String> },
    MissingField(String),
    MissingExit(String),
    WrongType { found: String, expected: String },
    BadValue { en: String, zh: String },
    UnknownKind { kind: String, similar: Option<String>, known: String },
    NameDiffers { wanted: String },
    UnknownName { what: Name, name: String, similar: Option<String> },
    MissingLanguage { prompt: String, language: Language },
    NoSpeech,
    Unreachable,
    LoopWithoutInput(Vec<String>),
    NoWayOut,
    Expression { en: String, zh: String },
    NoLanguageNode,
}

/// The kinds of names a flow may refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name {
    Node,
    Queue,
    Prompt,
    List,
    Flow,
    Agent,
    Calendar,
    Variable,
}

impl Name {
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Node => ("unknown_node", "node", "节点"),
            Self::Queue => ("unknown_queue", "queue", "队列"),
            Self::Prompt => ("unknown_prompt", "prompt", "提示音"),
            Self::List => ("unknown_list", "number list", "号码名单"),
            Self::Flow => ("unknown_flow", "flow", "流程"),
            Self::Agent => ("unknown_agent", "agent", "坐席"),
            Self::Calendar => ("unknown_calendar", "calendar", "日历"),
            Self::Variable => ("unknown_variable", "variable", "变量"),
        }
    }
}

impl Fault {
    pub(crate) fn at(self, spot: Spot, node: Option<&str>) -> Problem {
        let severity = match self {
            Self::Unreachable | Self::NoLanguageNode => Severity::Warning,
            _ => Severity::Error,
        };
        let (code, en, zh) = self.words();
        Problem { severity, code, line: spot.line, column: spot.column, node: node.map(str::to_owned), en, zh }
    }

    fn words(self) -> (&'static str, String, String) {
        match self {
            Self::UnknownName { what, name, similar } => unknown_name(what, &name, similar.as_deref()),
            Self::MissingLanguage { prompt, language } => missing_language(&prompt, language),
            Self::LoopWithoutInput(nodes) => loop_without_input(&nodes),
            Self::UnknownField { field, expected } => unknown_field(&field, &expected),
            Self::Yaml(detail) => ("yaml", format!("this is not YAML: {detail}"), format!("不是有效的 YAML：{detail}")),
            Self::TooLarge(limit) => ("too_large", format!("too large: the limit is {limit}"), format!("超出上限：{limit}")),
            Self::Alias => (
                "alias",
                "anchors and aliases are not read here; a `*` key must be quoted: \"*\"".into(),
                "此处不支持锚点和别名；星号键须加引号：\"*\"".into(),
            ),
            Self::DuplicateKey(key) => {
                ("duplicate_key", format!("`{key}` stands here twice"), format!("“{key}”在此处重复出现"))
            }
            Self::DuplicateDigit(digit) => {
                ("duplicate_digit", format!("digit {digit} is used twice in this menu"), format!("此菜单中按键 {digit} 重复"))
            }
            Self::MissingField(field) => ("missing_field", format!("`{field}` is missing"), format!("缺少“{field}”")),
            Self::MissingExit(field) => (
                "missing_exit",
                format!("`{field}` is missing: the caller would be left in silence here"),
                format!("缺少“{field}”：来电者走到这里将没有下文"),
            ),
            Self::WrongType { found, expected } => wrong_type(&found, &expected),
            Self::BadValue { en, zh } => ("bad_value", en, zh),
            Self::UnknownKind { kind, similar, known } => {
                let (hint_en, hint_zh) = match similar {
                    Some(similar) => (format!("did you mean `{similar}`?"), format!("是否指“{similar}”？")),
                    None => (format!("there are: {known}"), format!("可用：{known}")),
                };
                ("unknown_kind", format!("`{kind}` is no kind of node; {hint_en}"), format!("没有“{kind}”这种节点；{hint_zh}"))
            }
            Self::NameDiffers { wanted } => (
                "name_differs",
                format!("the flow is kept under the name `{wanted}`; write that here or leave `name` out"),
                format!("此流程保存的名称是“{wanted}”；请写同一名称或删去 name"),
            ),
            Self::NoSpeech => (
                "no_speech",
                "text cannot be spoken: no text-to-speech command is configured".into(),
                "无法播报文字：未配置语音合成命令".into(),
            ),
            Self::Unreachable => {
                ("unreachable", "no caller can get to this node".into(), "没有任何路径能走到此节点".into())
            }
            Self::NoWayOut => (
                "missing_exit",
                "from here no path leads to a queue, a transfer, a voicemail or a hang-up".into(),
                "从此处出发，没有任何路径通向排队、转接、留言或挂机".into(),
            ),
            Self::Expression { en, zh } => ("bad_expression", en, zh),
            Self::NoLanguageNode => (
                "no_language_node",
                "`language: ask`, but no node of kind `language` asks".into(),
                "language 为 ask，但没有 kind: language 的节点来询问".into(),
            ),
        }
    }
}

fn unknown_name(what: Name, name: &str, similar: Option<&str>) -> (&'static str, String, String) {
    let (code, en, zh) = what.words();
    let (hint_en, hint_zh) = match similar {
        Some(similar) => (format!("; did you mean `{similar}`?"), format!("；是否指“{similar}”？")),
        None => (String::new(), String::new()),
    };
    (code, format!("there is no {en} `{name}`{hint_en}"), format!("没有名为“{name}”的{zh}{hint_zh}"))
}

fn missing_language(prompt: &str, language: Language) -> (&'static str, String, String) {
    let (en, zh) = match language {
        Language::ZhCn => ("Chinese", "中文"),
        Language::En => ("English", "英文"),
    };
    (
        "missing_language",
        format!("prompt `{prompt}` has no {en} version, and callers of this flow may have chosen {en}"),
        format!("提示音“{prompt}”没有{zh}版本，而此流程的来电者可能选择{zh}"),
    )
}

fn loop_without_input(nodes: &[String]) -> (&'static str, String, String) {
    let path = nodes.join(" → ");
    (
        "loop_without_input",
        format!("a caller who presses nothing would go round for ever: {path}"),
        format!("来电者不按任何键时会无限循环：{path}"),
    )
}

fn unknown_field(field: &str, expected: &[String]) -> (&'static str, String, String) {
    let list = expected.join(", ");
    let similar = similar(field, expected.iter().map(String::as_str)).map(str::to_owned);
    let (hint_en, hint_zh) = match similar {
        Some(similar) => (format!("; did you mean `{similar}`?"), format!("；是否指“{similar}”？")),
        None => (format!("; known here: {list}"), format!("；此处可用：{list}")),
    };
    ("unknown_field", format!("`{field}` is not known here{hint_en}"), format!("此处没有“{field}”{hint_zh}"))
}

fn wrong_type(found: &str, expected: &str) -> (&'static str, String, String) {
    let hint = found.starts_with("integer") && expected.contains("string");
    let (hint_en, hint_zh) = if hint { (" (put it in quotes)", "（请加引号）") } else { ("", "") };
    (
        "wrong_type",
        format!("expected {expected}, found {found}{hint_en}"),
        format!("应为{}，实为{}{hint_zh}", in_chinese(expected), in_chinese(found)),
    )
}

/// Serde's words for shapes, so that a Chinese screen shows none of them raw.
fn in_chinese(shape: &str) -> String {
    const WORDS: [(&str, &str); 16] = [
        ("something else", "别的内容"),
        ("a value", "文字、整数或 true/false"),
        ("a string", "文字"),
        ("a boolean", "是/否（true/false）"),
        ("a sequence", "列表"),
        ("a map", "键值表"),
        ("string ", "文字 "),
        ("integer ", "整数 "),
        ("floating point ", "小数 "),
        ("boolean ", "是/否值 "),
        ("sequence", "列表"),
        ("map", "键值表"),
        ("null", "空值"),
        ("struct ", "键值表 "),
        ("u32", "非负整数"),
        ("u8", "0 到 255 的整数"),
    ];
    let found = WORDS.iter().find(|(en, _)| shape.starts_with(en));
    found.map_or_else(|| shape.to_owned(), |(en, zh)| shape.replacen(en, zh, 1).trim().to_owned())
}

/// The known name a typing slip away from this one.
pub(crate) fn similar<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (name.chars().count() / 3).clamp(1, 3);
    known.map(|k| (distance(name, k, limit), k)).filter(|(d, _)| *d <= limit).min().map(|(_, k)| k)
}

/// Slips between two words: letters changed, missing, added or swapped (optimal string alignment). `limit + 1` stands
/// for anything above `limit`.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    if a.len().abs_diff(b.len()) > limit {
        return limit + 1;
    }
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let change = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = change.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}
