//! The demo company: small, bilingual, with everything wired, so that a first start shows a working house. Loaded only into
//! an empty book, and only where the configuration asks for it.

use contract::{AgentId, DispositionId, QueueId, SkillId, StationId, TeamId};
use store::Tx;

use crate::credentials;
use crate::edit::{EditError, Editor};
use crate::items::*;

/// What the demo needs of other rooms, and what it tells the person who starts it.
pub struct Plan<'a> {
    /// Name and text.
    pub flows: &'a [(&'a str, &'a str)],
    /// Dialed number and flow name.
    pub numbers: &'a [(&'a str, &'a str)],
    /// argon2 hash of the demo password.
    pub password_hash: &'a str,
}

/// Demo accounts share it; they exist in the demo company only.
pub const PASSWORD: &str = "zuoxi-demo";

/// A person of the demo.
pub struct Person {
    pub username: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub language: &'static str,
    /// SIP user of the proposed station; empty: none.
    pub station: &'static str,
    pub skills: &'static [&'static str],
}

const fn person(
    username: &'static str,
    name: &'static str,
    role: Role,
    language: &'static str,
    station: &'static str,
    skills: &'static [&'static str],
) -> Person {
    Person { username, name, role, language, station, skills }
}

pub const PEOPLE: &[Person] = &[
    person("admin", "周敏 Zhou Min", Role::Admin, "zh-CN", "", &[]),
    person("linyue", "林悦", Role::Supervisor, "zh-CN", "1006", &[]),
    person("grace", "Grace Palmer", Role::Supervisor, "en", "1007", &[]),
    person("zhaoqi", "赵琪", Role::Qa, "zh-CN", "", &[]),
    person("wangfang", "王芳", Role::Agent, "zh-CN", "1001", &["中文", "售后 support", "VIP"]),
    person("liqiang", "李强", Role::Agent, "zh-CN", "1002", &["中文", "销售 sales"]),
    person("chenjing", "陈静", Role::Agent, "zh-CN", "1003", &["中文", "English", "售后 support", "销售 sales"]),
    person("emma", "Emma Clarke", Role::Agent, "en", "1004", &["English", "售后 support", "VIP"]),
    person("daniel", "Daniel Reed", Role::Agent, "en", "1005", &["English", "销售 sales"]),
];

const QUEUES: &[(&str, &[&str], u8)] = &[
    ("support-zh", &["中文", "售后 support"], 0),
    ("sales-zh", &["中文", "销售 sales"], 0),
    ("support-en", &["English", "售后 support"], 0),
    ("sales-en", &["English", "销售 sales"], 0),
    ("vip", &["VIP"], 5),
];

const REASONS: &[(&str, &str, u32)] =
    &[("小休", "Short break", 10), ("用餐", "Meal", 45), ("会议", "Meeting", 30), ("培训", "Training", 60), ("案头工作", "Paperwork", 20)];

/// A name in Chinese and in English.
type Name = (&'static str, &'static str);

/// Parent, then its children.
const DISPOSITIONS: &[(Name, &[Name])] = &[
    (("咨询", "Question"), &[("产品咨询", "Product"), ("价格咨询", "Price"), ("订单查询", "Order status")]),
    (("售后", "After sales"), &[("报修", "Repair"), ("退换货", "Return or exchange"), ("安装", "Installation")]),
    (("投诉", "Complaint"), &[("服务态度", "Attitude"), ("产品质量", "Quality"), ("配送延误", "Late delivery")]),
    (("其他", "Other"), &[("打错电话", "Wrong number"), ("无人应答", "Nobody spoke"), ("转其他部门", "Other department")]),
];

/// A station's password in the demo.
#[must_use]
pub fn station_password(username: &str) -> String {
    format!("zuoxi-{username}")
}

/// Fills an empty book.
///
/// # Errors
/// [`EditError`]: the demo breaks a rule, or the store failed; the caller drops the transaction.
pub async fn load(tx: &mut Tx<'_>, editor: &Editor<'_>, plan: &Plan<'_>) -> Result<(), EditError> {
    // Pages of this machine may call; the house's own page for trying it out may anyway.
    let origins = ["http://127.0.0.1:8000", "http://localhost:8000"].map(str::to_owned).to_vec();
    let numbers: Vec<String> = plan.numbers.iter().map(|(number, _)| (*number).to_owned()).collect();
    let web_calls = WebCalls { on: !numbers.is_empty(), numbers, origins, ..WebCalls::default() };
    let settings =
        Settings { name: "青山家居 Greenhill Home".into(), area_code: "10".into(), web_calls, ..Settings::default() };
    editor.settings(tx, 0, settings).await?;
    let mut skills: Vec<(&str, SkillId)> = Vec::new();
    for name in ["中文", "English", "售后 support", "销售 sales", "VIP"] {
        skills.push((name, editor.create(tx, Skill { name: name.into() }).await?.id.0.into()));
    }
    let levels = |names: &[&str], level: u8| -> Vec<SkillLevel> {
        let one = |name: &&str| skills.iter().find(|(n, _)| n == name).map(|(_, skill)| SkillLevel { skill: *skill, level });
        names.iter().filter_map(one).collect()
    };
    for (name, text) in plan.flows {
        editor.create(tx, Flow { name: (*name).into(), yaml: (*text).into() }).await?;
    }
    let mut queues: Vec<QueueId> = Vec::new();
    for (name, needs, priority) in QUEUES {
        let queue = Queue { name: (*name).into(), skills: levels(needs, 1), priority: *priority, ..Queue::default() };
        queues.push(editor.create(tx, queue).await?.id.0.into());
    }
    for (pattern, flow) in plan.numbers {
        let number = Number { pattern: (*pattern).into(), flow: (*flow).into(), note: String::new() };
        editor.create(tx, number).await?;
    }
    let trunk = Trunk { from: vec!["127.0.0.1".into()], trusted: true, ..Trunk::named("本机 loopback") };
    editor.create(tx, trunk).await?;
    words(tx, editor).await?;
    people(tx, editor, plan, &levels).await
}

async fn words(tx: &mut Tx<'_>, editor: &Editor<'_>) -> Result<(), EditError> {
    for (name_zh, name_en, target_minutes) in REASONS {
        let reason = Reason { name_zh: (*name_zh).into(), name_en: (*name_en).into(), target_minutes: *target_minutes };
        editor.create(tx, reason).await?;
    }
    for (at, (parent, children)) in (0..).zip(DISPOSITIONS) {
        let top = disposition(*parent, None, at);
        let top: DispositionId = editor.create(tx, top).await?.id.0.into();
        for (at, child) in (0..).zip(*children) {
            editor.create(tx, disposition(*child, Some(top), at)).await?;
        }
    }
    Ok(())
}

fn disposition((zh, en): Name, parent: Option<DispositionId>, position: u32) -> Disposition {
    Disposition { name_zh: zh.into(), name_en: en.into(), parent, queues: Vec::new(), position }
}

async fn people(
    tx: &mut Tx<'_>,
    editor: &Editor<'_>,
    plan: &Plan<'_>,
    levels: &impl Fn(&[&str], u8) -> Vec<SkillLevel>,
) -> Result<(), EditError> {
    let mut teams: Vec<TeamId> = Vec::new();
    for name in ["一组 Team One", "二组 Team Two"] {
        teams.push(editor.create(tx, Team { name: name.into(), lead: None }).await?.id.0.into());
    }
    for person in PEOPLE {
        let station: Option<StationId> = match person.station {
            "" => None,
            user => {
                let station = Station {
                    username: user.into(),
                    password: Some(station_password(user)),
                    sealed: None,
                    answer_by: AnswerBy::TalkEvent,
                    digest: DigestBy::Both,
                    srtp: Srtp::OverTls,
                    number: String::new(),
                    pbx: None,
                    line: String::new(),
                    note: String::new(),
                };
                Some(editor.create(tx, station).await?.id.0.into())
            }
        };
        let agent = Agent {
            username: person.username.into(),
            name: person.name.into(),
            roles: vec![person.role],
            team: teams.get(usize::from(person.language == "en")).copied(),
            skills: levels(person.skills, 7),
            station,
            dial_prefixes: vec!["+86".into()],
            language: person.language.into(),
            active: true,
        };
        let id: AgentId = editor.create(tx, agent).await?.id.0.into();
        credentials::set(tx, id, plan.password_hash, false, editor.now).await?;
    }
    Ok(())
}
