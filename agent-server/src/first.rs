//! The first start of an empty house: an administrator with a random password, told once, or the demo company.

use company::credentials;
use company::demo;
use company::edit::Editor;
use company::{Agent, EditError, Role, Settings, Vault, book};
use contract::number::Context;
use contract::{AgentId, IdMaker};
use crm::customers::By;
use store::Db;

use crate::clock::now;
use crate::config::Config;
use crate::house::StartError;
use crate::prompts::DEMO_FLOWS;
use crate::welcome;

/// What is told once to whoever started it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstStart {
    Administrator { username: String, password: String },
    Demo,
}

/// Dialed numbers of the demo and their flows.
pub const DEMO_NUMBERS: &[(&str, &str)] = &[("4008001234", "main"), ("8000", "direct"), ("8001", "direct-en")];

/// Fills an empty house; one that has anything in it is left as it is.
///
/// # Errors
/// [`StartError::First`], or the database's.
pub async fn start(db: &Db, ids: &IdMaker, vault: &Vault, config: &Config) -> Result<Option<FirstStart>, StartError> {
    if book::look(db).await?.version > 0 {
        return Ok(None);
    }
    let editor = Editor { ids, vault, now: now(), by: None, note: "first start", flows: &crate::flows::Texts };
    if config.company.demo {
        load_demo(db, &editor).await?;
        return Ok(Some(FirstStart::Demo));
    }
    let password = new_password().map_err(StartError::First)?;
    let hash = hash(password.clone()).await?;
    let mut tx = db.begin().await?;
    let failed = |e: EditError| StartError::First(e.to_string());
    editor.settings(&mut tx, 0, Settings::default()).await.map_err(failed)?;
    let admin = editor.create(&mut tx, administrator()).await.map_err(failed)?;
    credentials::set(&mut tx, AgentId(admin.id.0), &hash, true, editor.now).await?;
    tx.commit().await?;
    // From here on the house is not empty, and nobody tells this password again: what fails after this must not hide it.
    print!("{}", welcome::administrator(&admin.item.username, &password));
    Ok(Some(FirstStart::Administrator { username: admin.item.username, password }))
}

/// The company and its customers, or neither: a house with a company counts as filled.
async fn load_demo(db: &Db, editor: &Editor<'_>) -> Result<(), StartError> {
    let password_hash = hash(demo::PASSWORD.to_owned()).await?;
    let plan = demo::Plan { flows: DEMO_FLOWS, numbers: DEMO_NUMBERS, password_hash: &password_hash };
    let mut tx = db.begin().await?;
    demo::load(&mut tx, editor, &plan).await.map_err(|e| StartError::First(format!("the demo company: {e}")))?;
    let context = Context { country: "CN", area_code: "10", own: &[] };
    let customers = crm::demo::Demo::new(1).take(CUSTOMERS).chain(crm::demo::callers());
    crm::bulk::add(&mut tx, customers, &context, editor.ids, By { agent: None, now: editor.now }).await?;
    tx.commit().await?;
    Ok(())
}

/// Customers of the demo besides those who ring in it, the same at every first start.
const CUSTOMERS: usize = 500;

fn administrator() -> Agent {
    Agent {
        username: "admin".into(),
        name: "Administrator".into(),
        roles: vec![Role::Admin],
        team: None,
        skills: Vec::new(),
        station: None,
        dial_prefixes: Vec::new(),
        language: "zh-CN".into(),
        active: true,
    }
}

async fn hash(password: String) -> Result<String, StartError> {
    let done = tokio::task::spawn_blocking(move || credentials::hash(&password)).await;
    done.map_err(|e| StartError::First(e.to_string()))?.map_err(|e| StartError::First(e.to_string()))
}

/// 20 letters and digits that cannot be mistaken for each other: some 99 bits.
///
/// # Errors
/// In words, where the system has no randomness.
pub fn new_password() -> Result<String, String> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).map_err(|e| format!("the system gives no random bytes: {e}"))?;
    Ok(bytes.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect())
}

/// Sets a new password for a person, from the machine itself. The password to tell.
///
/// # Errors
/// In words.
pub async fn reset(db: &Db, username: &str) -> Result<String, String> {
    let book = book::look(db).await.map_err(|e| e.to_string())?;
    let person = book.agents.iter().find(|(_, kept)| kept.item.username.eq_ignore_ascii_case(username));
    let (agent, _) = person.ok_or_else(|| format!("there is nobody with the user name {username}"))?;
    let password = new_password()?;
    let hash = hash(password.clone()).await.map_err(|e| e.to_string())?;
    let set = async {
        let mut tx = db.begin().await?;
        credentials::set(&mut tx, *agent, &hash, true, now()).await?;
        company::sessions::end_others(&mut tx, *agent, None, now()).await?;
        tx.commit().await
    };
    set.await.map_err(|e: store::DbError| e.to_string())?;
    Ok(password)
}
