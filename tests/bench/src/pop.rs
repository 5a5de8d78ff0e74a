//! From the caller's INVITE to the card with candidate customers on the agent's desk: the whole program, a million
//! customers in its store, a desktop on its WebSocket. Floor: the bare indexed read of the same numbers in the same file,
//! plus an echo over the same WebSocket.

use std::path::Path;
use std::time::Duration;

use contract::number::Context;
use contract::{CardState, DeskAsk, IdMaker};
use cti_gateway::sip::message::{Message, Method};
use store::{Db, vals};
use zuoxi_tests::phone::{Manner, Phone, PhoneConfig};
use zuoxi_tests::server::{Desk, Program, demo};

use crate::line::Line;
use crate::report::{Row, percentile};
use crate::{Fault, now};

/// Calls timed, after some for the caches.
const TIMED: usize = 300;
const WARM: usize = 20;
const PATIENCE: Duration = Duration::from_secs(10);

pub fn measure(customers: u32) -> Result<Vec<Row>, Fault> {
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut ours, mut floor) = runtime.block_on(timed(folder.path(), customers))?;
    let (p50, p99) = (percentile(&mut ours, 50.0), percentile(&mut ours, 99.0));
    let (floor50, floor99) = (percentile(&mut floor, 50.0), percentile(&mut floor, 99.0));
    Ok(vec![
        Row::new(format!("INVITE to pop with {customers} customers, p50 and p99 of {}", ours.len()), format!("{p50:.2} and {p99:.2} ms"))
            .floor(format!("{floor50:.2} and {floor99:.2} ms (indexed read and WebSocket echo)"), p50 / floor50)
            .aim("p99 at most 5 ms above the floor's"),
    ])
}

async fn timed(folder: &Path, customers: u32) -> Result<(Vec<f64>, Vec<f64>), Fault> {
    let data = folder.join("data");
    Program::demo(&data).await.stop().await;
    let db = Db::open(&format!("sqlite:{}", data.join("zuoxi.db").display())).await?;
    let numbers = fill(&db, customers).await?;
    let program = Program::demo(&data).await;

    let sound = demo::sound(folder);
    let web = program.person("wangfang").await;
    let account = PhoneConfig::new("1001", program.sip).account("1001", "zuoxi-1001").manner(Manner::Rings);
    let phone = Phone::open(account, &sound).await?;
    phone.register().await?;
    let mut desk = Desk::open(&web).await;
    desk.go_ready(demo::station_of(&web, "1001").await).await;

    let mut caller = Line::open(program.sip, 0)?;
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for number in numbers.iter().cycle().take(TIMED + WARM) {
        let dialed = caller.dial(demo::DIRECT, number)?;
        let pops = |d: &Desk| d.cards.iter().any(|card| card.state == CardState::Ringing && !card.candidates.is_empty());
        desk.until("a card with candidates", pops).await;
        ours.push((now() - dialed).as_secs_f64() * 1e3);
        // The caller gives up: nobody is in wrap-up, and the agent is free for the next.
        tokio::task::block_in_place(|| gone(&mut caller))?;
        desk.until("an empty desk", |d| d.cards.is_empty()).await;
        floor.push(read_and_echo(&db, &mut desk, number).await?);
    }
    ours.drain(..WARM);
    floor.drain(..WARM);
    program.stop().await;
    Ok((ours, floor))
}

/// Customers with numbers of six plans; some of the numbers, spread over all.
async fn fill(db: &Db, customers: u32) -> Result<Vec<String>, Fault> {
    // One in some ten has a number that this run can call from.
    let step = (customers as usize / TIMED / 10).max(1);
    let mut numbers = Vec::new();
    let mut rows = Vec::new();
    for (n, row) in crm::demo::Demo::new(7).take(customers as usize).enumerate() {
        // Chinese mobiles written plainly: their E.164 needs no rules here.
        let plain = |number: &&String| number.len() == 11 && number.starts_with('1') && number.bytes().all(|b| b.is_ascii_digit());
        if n % step == 0
            && let Some(number) = row.numbers.iter().find(plain)
        {
            numbers.push(format!("+86{number}"));
        }
        rows.push(row);
    }
    if numbers.is_empty() {
        return Err("no customer has a Chinese mobile to call from".into());
    }
    let context = Context { country: "CN", area_code: "10", own: &[] };
    let by = crm::customers::By { agent: None, now: 1_780_000_000_000 };
    let began = now();
    let done = crm::bulk::import_simple(db, rows, &context, &IdMaker::new(9), by).await?;
    eprintln!("  {} customers with {} numbers in {:.0} s", done.customers, done.points, began.elapsed().as_secs_f64());
    Ok(numbers)
}

/// Milliseconds of both halves of the floor.
async fn read_and_echo(db: &Db, desk: &mut Desk, number: &str) -> Result<f64, Fault> {
    let sql = format!("{} p.e164 IN ($2) ORDER BY p.customer_id LIMIT 200", crm::lookup::FOUND);
    let began = now();
    let rows = db.query(&sql, vals![0_i64, number]).await?;
    desk.ask(DeskAsk::Ping).await;
    let took = began.elapsed().as_secs_f64() * 1e3;
    if rows.is_empty() { Err(format!("…{} is nobody's number", &number[number.len() - 2..]).into()) } else { Ok(took) }
}

/// The caller's end of a call that was answered by us: ACK, BYE.
fn gone(caller: &mut Line) -> Result<(), Fault> {
    let mut answered = false;
    loop {
        match caller.hear(PATIENCE)?.ok_or("the caller heard nothing")?.message {
            Message::Response(response) if response.status == 200 && !answered => {
                answered = true;
                caller.acknowledge(&response)?;
                caller.leave(&response)?;
            }
            Message::Response(response) if response.status == 200 && response.headers.cseq().is_ok_and(|c| c.method == Method::Bye) => return Ok(()),
            Message::Response(response) if response.status >= 300 => return Err(format!("refused with {}", response.status).into()),
            Message::Response(_) => {}
            Message::Request(request) => caller.consent(&request)?,
        }
    }
}
