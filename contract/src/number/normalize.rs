//! From a caller-ID or a typed number to E.164, or to a stated refusal. Start at [`normalize`]. The plan itself is the
//! `phonenumber` crate's (libphonenumber metadata); what it does not know stands here: short and internal numbers, local
//! numbers of the site, carriers' prefixes, reforms, extensions. Pure; never panics. ITU-T E.164, RFC 3966.

use phonenumber::{Mode, country};

use super::clean::{Cleaned, clean, digits};
use super::{PhoneNumber, equal, short};

/// Where a number was written or heard.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// ISO 3166, of the trunk or the company; forms without a country code are read in it. Unknown: only full forms are read.
    pub country: &'a str,
    /// For local numbers, without the trunk prefix: `10`, `21`. Empty: local forms are refused.
    pub area_code: &'a str,
    /// The company's own numbers.
    pub own: &'a [PhoneNumber],
}

/// What kind of number it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// Dialable from anywhere.
    E164(PhoneNumber),
    /// Of this house: an extension, at most 6 digits, or a feature code.
    Internal,
    /// A service code of the country: 110, 95588.
    Short,
    /// No number was shown.
    Withheld,
    Unreadable(Refusal),
}

/// Why a form is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Refusal {
    #[error("it has no digits: a number needs at least one")]
    NoDigits,
    #[error("it has characters that no number has")]
    Characters,
    #[error("it has more than 15 digits: E.164 ends there")]
    TooLong,
    #[error("no numbering plan has it: check digits, country and area code")]
    NotInPlan,
    #[error("it holds several numbers: give each its own place")]
    Several,
}

impl Refusal {
    /// Stable, for catalogues.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoDigits => "no_digits",
            Self::Characters => "characters",
            Self::TooLong => "too_long",
            Self::NotInPlan => "not_in_plan",
            Self::Several => "several",
        }
    }
}

/// A number as read. `Debug` hides its digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Normalized {
    pub class: Class,
    /// At most 8 digits; what to dial after the answer.
    pub extension: Option<String>,
    /// The digits as given, without extension: what is matched by its tail where no E.164 could be made.
    pub raw_digits: String,
    /// One of [`Context::own`].
    pub own: bool,
}

impl Normalized {
    /// The E.164 number, where it is one.
    #[must_use]
    pub fn e164(&self) -> Option<&PhoneNumber> {
        match &self.class {
            Class::E164(number) => Some(number),
            Class::Internal | Class::Short | Class::Withheld | Class::Unreadable(_) => None,
        }
    }
}

impl std::fmt::Debug for Normalized {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Normalized({:?}, {} digits{}{})",
            self.class,
            self.raw_digits.len(),
            if self.extension.is_some() { ", extension" } else { "" },
            if self.own { ", own" } else { "" }
        )
    }
}

/// Longest form that is looked at; the rest of the house cuts callers at 64.
const MAX_RAW: usize = 256;

/// Reads `raw` in `ctx`. Idempotent: an E.164 result reads as itself in every context.
#[must_use]
pub fn normalize(raw: &str, ctx: &Context<'_>) -> Normalized {
    if raw.len() > MAX_RAW {
        return Normalized {
            class: Class::Unreadable(Refusal::TooLong),
            extension: None,
            raw_digits: String::new(),
            own: false,
        };
    }
    let Cleaned { text, mut extension, context } = clean(raw);
    let raw_digits = digits(&text);
    let mut class = classify(&text, &context, ctx);
    if extension.is_none()
        && class == Class::Unreadable(Refusal::NotInPlan)
        && let Some((number, found)) = dashed_extension(&text, ctx)
    {
        (class, extension) = (Class::E164(number), Some(found));
    }
    if matches!(class, Class::Unreadable(Refusal::NotInPlan | Refusal::TooLong)) && holds_several(&text, ctx) {
        class = Class::Unreadable(Refusal::Several);
    }
    let own = matches!(&class, Class::E164(number) if ctx.own.contains(number));
    Normalized { class, extension, raw_digits, own }
}

fn classify(text: &str, context: &str, ctx: &Context<'_>) -> Class {
    if short::is_withheld(text) {
        return Class::Withheld;
    }
    let Some(line) = line(text, ctx) else {
        let none = !text.contains(|c: char| c.is_ascii_digit());
        return Class::Unreadable(if none { Refusal::NoDigits } else { Refusal::Characters });
    };
    if line.contains(['*', '#']) {
        return if line.len() <= 7 { Class::Internal } else { Class::Unreadable(Refusal::Characters) };
    }
    let found = match line.strip_prefix('+') {
        Some(digits) => with_plus(digits, ctx),
        None if !context.is_empty() => in_context(&line, context),
        None => return without_plus(&line, ctx),
    };
    found.unwrap_or_else(|| refuse(&line))
}

fn refuse(line: &str) -> Class {
    match line.trim_start_matches('+').len() {
        0 => Class::Unreadable(Refusal::NoDigits),
        // An international prefix of up to 4 and a trunk 0 may stand before 15.
        1..=20 => Class::Unreadable(Refusal::NotInPlan),
        _ => Class::Unreadable(Refusal::TooLong),
    }
}

/// `+` and digits, or digits, or a feature code; `None` where other characters remain.
fn line(text: &str, ctx: &Context<'_>) -> Option<String> {
    let body = text.trim_start_matches(separator);
    let plus = body.starts_with('+');
    let body = body.trim_start_matches(['+', ' ']);
    // Asks the network to hide or show the caller (3GPP TS 22.030, and *67 in North America).
    let body = ["*31#", "#31#", "*67", "*82"]
        .iter()
        .find_map(|code| body.strip_prefix(code))
        .filter(|rest| rest.len() > 6)
        .unwrap_or(body);
    // `+49 (0)30`: the trunk prefix is not dialed from abroad.
    let body = if plus || body.starts_with("00") { body.replacen("(0)", "", 1) } else { body.to_owned() };
    let body = if digits(&body).len() >= 7 { body.trim_end_matches('#').to_owned() } else { body };
    let mut out = String::with_capacity(body.len() + 1);
    if plus {
        out.push('+');
    }
    let mut letters = 0;
    for c in body.chars() {
        match c {
            '0'..='9' | '*' | '#' => out.push(c),
            'a'..='z' => {
                letters += 1;
                out.push(keypad(c));
            }
            _ if separator(c) => {}
            _ => return None,
        }
    }
    let vanity = letters > 0;
    if vanity && !(vanity_plan(body.as_str(), &out, ctx) && letters >= 3) {
        return None;
    }
    // Letters past the tenth national digit are for the eye only: 1-800-MATTRESS.
    if vanity {
        out.truncate(if out.starts_with("+1") {
            12
        } else if out.starts_with('1') {
            11
        } else {
            10
        });
    }
    (!out.is_empty()).then_some(out)
}

fn separator(c: char) -> bool {
    " -./()[]~_'\"·:,;".contains(c)
}

fn keypad(c: char) -> char {
    match c {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        _ => '9',
    }
}

/// Letters stand for digits in North America's plan only, behind an area code in digits.
fn vanity_plan(body: &str, line: &str, ctx: &Context<'_>) -> bool {
    let area = digits(body.split(|c: char| c.is_ascii_alphabetic()).next().unwrap_or_default());
    (line.starts_with("+1") || ["US", "CA"].contains(&ctx.country)) && area.len() >= 3 && digits(line).len() >= 10
}

/// `digits` begin with a country code.
fn in_plan(digits: &str) -> Option<PhoneNumber> {
    let found = |digits: &str| {
        let number = phonenumber::parse(None, format!("+{digits}")).ok()?;
        valid(&number)
    };
    if digits.starts_with('0') || digits.len() > 20 {
        return None;
    }
    found(digits).or_else(|| found(&equal::modern(digits)?))
}

fn valid(number: &phonenumber::PhoneNumber) -> Option<PhoneNumber> {
    let e164 = number.is_valid().then(|| number.format().mode(Mode::E164).to_string())?;
    let possible = e164.strip_prefix("+86").is_none_or(short::is_chinese);
    possible.then(|| PhoneNumber::from_e164(&e164).ok()).flatten()
}

/// Calling code of an ISO country.
fn calling_code(country: &str) -> Option<(country::Id, u16)> {
    let id: country::Id = country.parse().ok()?;
    Some((id, phonenumber::metadata::DATABASE.by_id(id.as_ref())?.country_code()))
}

/// `digits` as dialed inside `country`: with or without the trunk prefix, also with the country's own code in front.
fn national(digits: &str, country: &str) -> Option<PhoneNumber> {
    let (id, code) = calling_code(country)?;
    let read = phonenumber::parse(Some(id), digits).ok().filter(|n| n.code().value() == code);
    read.and_then(|number| valid(&number))
        .or_else(|| in_plan(&format!("{code}{}", digits.strip_prefix('0')?)))
        .or_else(|| in_plan(&equal::modern(&format!("{code}{digits}"))?))
}

fn with_plus(digits: &str, ctx: &Context<'_>) -> Option<Class> {
    let digits = digits.strip_prefix("00").unwrap_or(digits);
    if digits.starts_with('0') {
        return national(digits, ctx.country).map(Class::E164);
    }
    if let Some(number) = in_plan(digits) {
        return Some(Class::E164(number));
    }
    let own_code = calling_code(ctx.country).map(|(_, code)| code.to_string());
    if let Some(rest) = own_code.and_then(|code| digits.strip_prefix(code.as_str()))
        && short::is_short(ctx.country, rest)
    {
        return Some(Class::Short);
    }
    // Some gateways put a plus before whatever they have.
    (digits.len() >= 8).then(|| national(digits, ctx.country).map(Class::E164)).flatten()
}

/// RFC 3966: digits that are local to a context such as `+86` or `+1-914-555`.
fn in_context(digits: &str, context: &str) -> Option<Class> {
    let whole =
        in_plan(&format!("{context}{digits}")).or_else(|| in_plan(&format!("{context}{}", digits.strip_prefix('0')?)));
    whole.or_else(|| in_plan(digits)).map(Class::E164)
}

/// Longest digits of a caller that is no number of any plan but an extension of the house.
const MAX_INTERNAL: usize = 6;

fn without_plus(line: &str, ctx: &Context<'_>) -> Class {
    if short::is_short(ctx.country, line) {
        return Class::Short;
    }
    if line.len() <= MAX_INTERNAL {
        // With a trunk prefix even six digits may be a whole number (Germany).
        let whole = line.strip_prefix('0').and_then(|_| national(line, ctx.country));
        return whole.map_or(Class::Internal, Class::E164);
    }
    if let Some(number) = dialed(line, ctx) {
        return Class::E164(number);
    }
    for prefix in short::dial_prefixes(ctx.country) {
        if let Some(number) = line.strip_prefix(prefix).and_then(|rest| dialed(rest, ctx)) {
            return Class::E164(number);
        }
    }
    let own_code = calling_code(ctx.country).map(|(_, code)| code.to_string());
    if own_code
        .and_then(|code| line.strip_prefix(code.as_str()))
        .is_some_and(|rest| rest.len() <= 8 && short::is_short(ctx.country, rest))
    {
        return Class::Short;
    }
    // E.164 without its plus, as many trunks send it. Shorter digits are too easily a slip of the pen.
    let bare = (line.len() >= 11).then(|| in_plan(line)).flatten();
    bare.map_or_else(|| refuse(line), Class::E164)
}

fn dialed(line: &str, ctx: &Context<'_>) -> Option<PhoneNumber> {
    for prefix in short::international_prefixes(ctx.country) {
        if let Some(number) = line.strip_prefix(prefix).and_then(in_plan) {
            return Some(number);
        }
    }
    if line.starts_with("00") {
        return None;
    }
    // With a trunk prefix in the plan, digits without one are local first; elsewhere the whole number comes first.
    let trunk_zero = ["CN", "TW", "DE", "JP"].contains(&ctx.country);
    if trunk_zero {
        local(line, ctx).or_else(|| national(line, ctx.country))
    } else {
        national(line, ctx.country).or_else(|| local(line, ctx))
    }
}

/// As dialed inside the site's area.
fn local(line: &str, ctx: &Context<'_>) -> Option<PhoneNumber> {
    let (_, code) = calling_code(ctx.country)?;
    let fits = !ctx.area_code.is_empty() && (7..=9).contains(&line.len()) && !line.starts_with('0');
    fits.then(|| in_plan(&format!("{code}{}{line}", ctx.area_code.trim_start_matches('0')))).flatten()
}

/// `010-62345678-123`: the last group is an extension where the whole is no number and the rest is one.
fn dashed_extension(text: &str, ctx: &Context<'_>) -> Option<(PhoneNumber, String)> {
    let (head, tail) = text.rsplit_once('-')?;
    let extension = tail.trim();
    let short = (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit());
    match classify(head, "", ctx) {
        Class::E164(number) if short && digits(head).len() >= 7 => Some((number, extension.to_owned())),
        _ => None,
    }
}

fn holds_several(text: &str, ctx: &Context<'_>) -> bool {
    let mut parts = text.split(['/', ',', ';', '|', '或']).map(str::trim).filter(|part| digits(part).len() >= 7);
    let number = |part: Option<&str>| part.is_some_and(|p| matches!(classify(p, "", ctx), Class::E164(_)));
    number(parts.next()) && number(parts.next())
}

/// As people of `country` write it: national form at home, `+…` form for others.
#[must_use]
pub fn display(number: &PhoneNumber, country: &str) -> String {
    let Ok(parsed) = phonenumber::parse(None, number.reveal()) else { return number.reveal().to_owned() };
    let home = calling_code(country).is_some_and(|(_, code)| code == parsed.code().value());
    parsed.format().mode(if home { Mode::National } else { Mode::International }).to_string()
}

/// The ISO 3166 country of a number's plan, where it belongs to one.
#[must_use]
pub fn country_of(number: &PhoneNumber) -> Option<String> {
    let parsed = phonenumber::parse(None, number.reveal()).ok()?;
    parsed.country().id().map(|country| format!("{country:?}"))
}

/// Reads the plan's tables and compiles its patterns, about 0.1 s: call it once, at start, off the call path.
pub fn warm_up(country: &str) {
    let area = Context { country, area_code: "10", own: &[] };
    for raw in ["13800138000", "010-62345678", "62345678", "+12125550123", "0085221234567", "02123456789"] {
        let _ = normalize(raw, &area);
    }
}
