//! Calls through a whole gateway: real SIP and real audio over loopback, a ledger in memory. Each test is one story; each
//! ends with `House::close`, so that nothing may be left of it. What most of them begin with is here.

mod abandoned;
mod answered;
mod consulted;
mod dialed_out;
mod encrypted;
mod digits;
mod kinds;
mod lessons;
mod lost;
mod parked;
mod own_number;
mod queueing;
mod redirected;
mod refused;
mod restarted;
mod stopping;
mod supervised;
mod transfers;
mod visits;

use contract::directory::AnswerBy;
use contract::{AgentId, InteractionId};
use zuoxi_tests::house::company::company;
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, Desk, House, Outcome};
use zuoxi_tests::phone::{Manner, Phone, Talk};

/// Both speak their tone, and each is heard by the other.
pub async fn hear_each_other(caller: &Talk, agent: &Talk) -> Outcome {
    caller.say_tone(CALLER_HZ);
    agent.say_tone(AGENT_HZ);
    agent.expect_tone(CALLER_HZ).await?;
    caller.expect_tone(AGENT_HZ).await?;
    Ok(())
}

/// A caller and agent 1 in talk.
pub struct Pair {
    pub house: House,
    pub call: InteractionId,
    pub agent: AgentId,
    pub phone: Phone,
    pub caller: Phone,
    /// The caller's end.
    pub talk: Talk,
    /// The agent's end.
    pub rung: Talk,
}

/// A house with two agents, the first in talk with a caller, the second not signed in.
pub async fn joined() -> Result<Pair, Box<dyn std::error::Error + Send + Sync>> {
    joined_in(House::open(company(&[AnswerBy::Phone, AnswerBy::Phone])).await?).await
}

/// The same in a house that is open already.
pub async fn joined_in(house: House) -> Result<Pair, Box<dyn std::error::Error + Send + Sync>> {
    let Desk { agent, mut phone } = house.agent(1, Manner::Answers).await?;
    let caller = house.caller("13800138000").await?;
    let talk = caller.dial("95500").await?;
    talk.answered().await?;
    let rung = phone.rung().await?;
    rung.answered().await?;
    hear_each_other(&talk, &rung).await?;
    let call = house.call(1).await?;
    Ok(Pair { house, call, agent, phone, caller, talk, rung })
}
