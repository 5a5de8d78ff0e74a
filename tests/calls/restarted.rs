//! What a restart leaves of the phones.

use std::path::Path;
use std::time::Duration;

use contract::directory::AnswerBy;
use contract::{EventKind, SeatCommand};
use zuoxi_tests::house::company::company;
use zuoxi_tests::house::{Desk, House, Outcome};
use zuoxi_tests::phone::Manner;

use crate::hear_each_other;

/// Until the phone stands in the file.
async fn written(path: &Path, user: &str) -> Outcome {
    let mut look = tokio::time::interval(Duration::from_millis(20));
    let seen = async {
        while !std::fs::read_to_string(path).is_ok_and(|text| text.contains(user)) {
            look.tick().await;
        }
    };
    Ok(tokio::time::timeout(Duration::from_secs(30), seen).await?)
}

/// A phone registers every minute or so; nobody waits for that after a restart.
#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_registered_before_the_restart_rings_before_it_registers_again() -> Outcome {
    let folder = tempfile::tempdir()?;
    let (kept, found) = (folder.path().join("kept"), folder.path().join("found"));
    let before = House::open_with(company(&[AnswerBy::Phone]), |c| c.contacts = Some(kept.clone())).await?;
    let Desk { agent, mut phone } = before.agent(1, Manner::Answers).await?;
    written(&kept, "801").await?;
    std::fs::copy(&kept, &found)?;

    let after = House::open_with(company(&[AnswerBy::Phone]), |c| c.contacts = Some(found)).await?;
    let is = |f: &zuoxi_tests::house::Fact| matches!(f.kind, EventKind::StationRegistered { .. }).then_some(());
    after.book.until("the phone known again", is).await?;
    after.gateway.desktop(agent, true).await;
    after.seat(agent, SeatCommand::SignIn { station: None }).await?;
    after.seat(agent, SeatCommand::Ready).await?;
    let caller = after.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    let rung = phone.rung().await?;
    hear_each_other(&talk, &rung).await?;
    talk.hang_up().await?;
    after.close().await?;
    before.close().await
}
