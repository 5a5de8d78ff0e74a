//! From words to a typed [`Expr`], by precedence climbing as CEL's grammar has it (`?:`, `||`, `&&`, relations, sums,
//! products, signs, calls). Types are settled on the way, so that an error points at the operand that is wrong.

use super::lex::{Token, error, tokens};
use super::{CompareOp, Expr, ExprError, Fact, MAX_CHARS, MAX_DEPTH, MathOp, QueueField, Scope, TextOp, Type, Value};
use crate::problem::{Name, similar};

/// A typed expression and where it began.
struct Typed {
    expr: Expr,
    kind: Type,
    at: usize,
}

type Parsed = Result<Typed, ExprError>;

/// Reads `source`, which must be of type `wanted` (any type where none).
pub(crate) fn compile(source: &str, scope: &Scope, wanted: Option<Type>) -> Result<(Expr, Type), ExprError> {
    if source.chars().count() > MAX_CHARS {
        return Err(error(0, format!("longer than {MAX_CHARS} characters"), format!("超过 {MAX_CHARS} 个字符")));
    }
    let mut parser = Parser { tokens: tokens(source)?, next: 0, scope, depth: 0 };
    let whole = parser.choice()?;
    if *parser.peek() != Token::End {
        return Err(parser.unexpected());
    }
    if let Some(wanted) = wanted {
        whole.must_be(wanted)?;
    }
    Ok((whole.expr, whole.kind))
}

impl Typed {
    fn must_be(&self, wanted: Type) -> Result<(), ExprError> {
        if self.kind == wanted { Ok(()) } else { Err(mismatch(self.at, wanted, self.kind)) }
    }
}

fn mismatch(at: usize, wanted: Type, found: Type) -> ExprError {
    let ((want_en, want_zh), (found_en, found_zh)) = (wanted.words(), found.words());
    error(at, format!("expected {want_en}, found {found_en}"), format!("应为{want_zh}，实为{found_zh}"))
}

fn unknown(at: usize, what: Name, name: &str, similar: Option<&str>) -> ExprError {
    let unknown = Some((what, name.to_owned(), similar.map(str::to_owned)));
    ExprError { at, en: String::new(), zh: String::new(), unknown }
}

struct Parser<'a> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    scope: &'a Scope,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &Token {
        &self.tokens[self.next].1
    }

    fn at(&self) -> usize {
        self.tokens[self.next].0
    }

    fn step(&mut self) -> Token {
        let token = self.peek().clone();
        // The last token is `End`, and stays.
        self.next = (self.next + 1).min(self.tokens.len() - 1);
        token
    }

    fn eat(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Token::Sign(s) if *s == sign);
        if found {
            self.step();
        }
        found
    }

    fn expect(&mut self, sign: &str) -> Result<(), ExprError> {
        if self.eat(sign) {
            return Ok(());
        }
        Err(error(self.at(), format!("`{sign}` is expected here"), format!("此处应为“{sign}”")))
    }

    fn unexpected(&self) -> ExprError {
        let (en, zh) = match self.peek() {
            Token::End => ("the expression ends too early".to_owned(), "表达式不完整".to_owned()),
            Token::Name(name) => (format!("`{name}` is not expected here"), format!("此处不应有“{name}”")),
            Token::Int(value) => (format!("`{value}` is not expected here"), format!("此处不应有“{value}”")),
            Token::Text(_) => ("text is not expected here".to_owned(), "此处不应有文字".to_owned()),
            Token::Sign(sign) => (format!("`{sign}` is not expected here"), format!("此处不应有“{sign}”")),
        };
        error(self.at(), en, zh)
    }

    /// `when ? then : otherwise`, or less.
    fn choice(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(self.at(), "nested too deeply", "嵌套过深"));
        }
        let when = self.either()?;
        let whole = if self.eat("?") {
            when.must_be(Type::Bool)?;
            let then = self.choice()?;
            self.expect(":")?;
            let otherwise = self.choice()?;
            otherwise.must_be(then.kind)?;
            let (at, kind) = (when.at, then.kind);
            let (when, then) = (Box::new(when.expr), Box::new(then.expr));
            Typed { expr: Expr::If { when, then, otherwise: Box::new(otherwise.expr) }, kind, at }
        } else {
            when
        };
        self.depth -= 1;
        Ok(whole)
    }

    fn either(&mut self) -> Parsed {
        let mut left = self.both()?;
        while self.eat("||") {
            let right = self.both()?;
            left = logic(left, right, Expr::Or)?;
        }
        Ok(left)
    }

    fn both(&mut self) -> Parsed {
        let mut left = self.relation()?;
        while self.eat("&&") {
            let right = self.relation()?;
            left = logic(left, right, Expr::And)?;
        }
        Ok(left)
    }

    fn relation(&mut self) -> Parsed {
        let mut left = self.sum()?;
        loop {
            let op = match self.peek() {
                Token::Name(name) if name == "in" => {
                    self.step();
                    left = self.within(left)?;
                    continue;
                }
                Token::Sign("==") => CompareOp::Equal,
                Token::Sign("!=") => CompareOp::Differs,
                Token::Sign("<") => CompareOp::Less,
                Token::Sign("<=") => CompareOp::AtMost,
                Token::Sign(">") => CompareOp::More,
                Token::Sign(">=") => CompareOp::AtLeast,
                _ => return Ok(left),
            };
            let sign_at = self.at();
            self.step();
            let right = self.sum()?;
            right.must_be(left.kind)?;
            if left.kind == Type::Bool && !matches!(op, CompareOp::Equal | CompareOp::Differs) {
                return Err(error(sign_at, "yes/no has no order", "是/否不能比较大小"));
            }
            let at = left.at;
            let expr = Expr::Compare { op, left: Box::new(left.expr), right: Box::new(right.expr) };
            left = Typed { expr, kind: Type::Bool, at };
        }
    }

    fn within(&mut self, needle: Typed) -> Parsed {
        self.expect("[")?;
        let mut items = Vec::new();
        while !self.eat("]") {
            let item = self.choice()?;
            item.must_be(needle.kind)?;
            items.push(item.expr);
            if !self.eat(",") {
                self.expect("]")?;
                break;
            }
        }
        Ok(Typed { at: needle.at, expr: Expr::In { needle: Box::new(needle.expr), items }, kind: Type::Bool })
    }

    fn sum(&mut self) -> Parsed {
        let mut left = self.product()?;
        loop {
            let op = match self.peek() {
                Token::Sign("+") => MathOp::Add,
                Token::Sign("-") => MathOp::Subtract,
                _ => return Ok(left),
            };
            self.step();
            let right = self.product()?;
            left = if op == MathOp::Add && left.kind == Type::Text {
                right.must_be(Type::Text)?;
                let at = left.at;
                Typed { expr: Expr::Join(Box::new(left.expr), Box::new(right.expr)), kind: Type::Text, at }
            } else {
                math(op, left, right)?
            };
        }
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.signed()?;
        loop {
            let op = match self.peek() {
                Token::Sign("*") => MathOp::Multiply,
                Token::Sign("/") => MathOp::Divide,
                Token::Sign("%") => MathOp::Remainder,
                _ => return Ok(left),
            };
            self.step();
            let right = self.signed()?;
            left = math(op, left, right)?;
        }
    }

    fn signed(&mut self) -> Parsed {
        let at = self.at();
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(error(at, "nested too deeply", "嵌套过深"));
        }
        let whole = if self.eat("!") {
            let inner = self.signed()?;
            inner.must_be(Type::Bool)?;
            Typed { expr: Expr::Not(Box::new(inner.expr)), kind: Type::Bool, at }
        } else if self.eat("-") {
            let inner = self.signed()?;
            inner.must_be(Type::Int)?;
            Typed { expr: Expr::Negate(Box::new(inner.expr)), kind: Type::Int, at }
        } else {
            self.member()?
        };
        self.depth -= 1;
        Ok(whole)
    }

    /// A value, and `.startsWith(…)` and its like after it.
    fn member(&mut self) -> Parsed {
        let mut value = self.primary()?;
        while self.eat(".") {
            let at = self.at();
            let op = match self.step() {
                Token::Name(name) => match name.as_str() {
                    "startsWith" => TextOp::StartsWith,
                    "endsWith" => TextOp::EndsWith,
                    "contains" => TextOp::Contains,
                    _ => return Err(error(at, format!("there is no `.{name}` here"), format!("此处没有“.{name}”"))),
                },
                _ => return Err(error(at, "a name is expected after `.`", "“.”之后应为名称")),
            };
            value.must_be(Type::Text)?;
            self.expect("(")?;
            let part = self.choice()?;
            part.must_be(Type::Text)?;
            self.expect(")")?;
            let expr = Expr::Text { op, text: Box::new(value.expr), part: Box::new(part.expr) };
            value = Typed { expr, kind: Type::Bool, at: value.at };
        }
        Ok(value)
    }

    fn primary(&mut self) -> Parsed {
        let at = self.at();
        let value = |value: Value| Ok(Typed { kind: value.kind(), expr: Expr::Value(value), at });
        match self.peek().clone() {
            Token::Int(number) => {
                self.step();
                value(Value::Int(number))
            }
            Token::Text(text) => {
                self.step();
                value(Value::Text(text))
            }
            Token::Sign("(") => {
                self.step();
                let inner = self.choice()?;
                self.expect(")")?;
                Ok(inner)
            }
            Token::Name(name) => {
                self.step();
                match name.as_str() {
                    "true" => value(Value::Bool(true)),
                    "false" => value(Value::Bool(false)),
                    _ if matches!(self.peek(), Token::Sign("(")) => self.call(at, &name),
                    "caller" | "call" | "now" => self.fact(at, &name),
                    _ => self.variable(at, &name),
                }
            }
            Token::Sign(_) | Token::End => Err(self.unexpected()),
        }
    }

    fn variable(&self, at: usize, name: &str) -> Parsed {
        let Some((index, kind)) = self.scope.variables.get(name).copied() else {
            let similar = similar(name, self.scope.variables.keys().map(String::as_str));
            return Err(unknown(at, Name::Variable, name, similar));
        };
        Ok(Typed { expr: Expr::Variable(index), kind, at })
    }

    fn fact(&mut self, at: usize, group: &str) -> Parsed {
        self.expect(".")?;
        let field_at = self.at();
        let Token::Name(field) = self.step() else {
            return Err(error(field_at, "a name is expected after `.`", "“.”之后应为名称"));
        };
        let whole = format!("{group}.{field}");
        match Fact::ALL.iter().find(|(name, _, _)| *name == whole) {
            Some((_, fact, kind)) => Ok(Typed { expr: Expr::Fact(*fact), kind: *kind, at }),
            None => Err(unknown(at, Name::Variable, &whole, similar(&whole, Fact::ALL.iter().map(|(name, _, _)| *name)))),
        }
    }

    fn call(&mut self, at: usize, name: &str) -> Parsed {
        self.expect("(")?;
        let made = match name {
            "listed" => self.listed(at),
            "open" => self.open(at),
            "queue" => return self.queue(at),
            "size" => self.one(at, Some(Type::Text), Type::Int, Expr::Size),
            "int" => self.one(at, Some(Type::Text), Type::Int, Expr::ToInt),
            "string" => self.one(at, None, Type::Text, Expr::ToText),
            _ => Err(error(at, format!("there is no function `{name}`"), format!("没有函数“{name}”"))),
        }?;
        self.expect(")")?;
        Ok(made)
    }

    fn one(&mut self, at: usize, takes: Option<Type>, kind: Type, make: fn(Box<Expr>) -> Expr) -> Parsed {
        let inner = self.choice()?;
        if let Some(takes) = takes {
            inner.must_be(takes)?;
        }
        Ok(Typed { expr: make(Box::new(inner.expr)), kind, at })
    }

    /// A name in quotes, and where it stands.
    fn literal(&mut self) -> Result<(usize, String), ExprError> {
        let at = self.at();
        match self.step() {
            Token::Text(text) => Ok((at, text)),
            _ => Err(error(at, "a name in quotes is expected here", "此处应为带引号的名称")),
        }
    }

    fn listed(&mut self, at: usize) -> Parsed {
        let (name_at, list) = self.literal()?;
        if !self.scope.lists.contains(&list) {
            let similar = similar(&list, self.scope.lists.iter().map(String::as_str));
            return Err(unknown(name_at, Name::List, &list, similar));
        }
        let number = if self.eat(",") {
            let number = self.choice()?;
            number.must_be(Type::Text)?;
            Some(Box::new(number.expr))
        } else {
            None
        };
        Ok(Typed { expr: Expr::Listed { list, number }, kind: Type::Bool, at })
    }

    fn open(&mut self, at: usize) -> Parsed {
        let (name_at, name) = self.literal()?;
        match self.scope.calendars.get(&name) {
            Some(index) => Ok(Typed { expr: Expr::Open(*index), kind: Type::Bool, at }),
            None => {
                let similar = similar(&name, self.scope.calendars.keys().map(String::as_str));
                Err(unknown(name_at, Name::Calendar, &name, similar))
            }
        }
    }

    fn queue(&mut self, at: usize) -> Parsed {
        let (name_at, name) = self.literal()?;
        let Some(queue) = self.scope.queues.get(&name).copied() else {
            let similar = similar(&name, self.scope.queues.keys().map(String::as_str));
            return Err(unknown(name_at, Name::Queue, &name, similar));
        };
        self.expect(")")?;
        self.expect(".")?;
        let field_at = self.at();
        let field = match self.step() {
            Token::Name(field) => field,
            _ => String::new(),
        };
        match QueueField::ALL.iter().find(|(name, _)| *name == field) {
            Some((_, field)) => Ok(Typed { expr: Expr::Queue { queue, field: *field }, kind: Type::Int, at }),
            None => {
                let known = QueueField::ALL.map(|(name, _)| name).join(", ");
                Err(error(field_at, format!("a queue has: {known}"), format!("队列可用：{known}")))
            }
        }
    }
}

fn logic(left: Typed, right: Typed, make: fn(Box<Expr>, Box<Expr>) -> Expr) -> Parsed {
    left.must_be(Type::Bool)?;
    right.must_be(Type::Bool)?;
    let at = left.at;
    Ok(Typed { expr: make(Box::new(left.expr), Box::new(right.expr)), kind: Type::Bool, at })
}

fn math(op: MathOp, left: Typed, right: Typed) -> Parsed {
    left.must_be(Type::Int)?;
    right.must_be(Type::Int)?;
    let at = left.at;
    let expr = Expr::Math { op, left: Box::new(left.expr), right: Box::new(right.expr) };
    Ok(Typed { expr, kind: Type::Int, at })
}
