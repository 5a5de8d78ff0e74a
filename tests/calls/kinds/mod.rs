//! Every control at every kind of station: a SIP phone, one that encrypts, a number outside that is dialed for each call, and a
//! browser. What a control does is told once, and the table goes through the kinds: who hears whom, what is recorded, which
//! segments there are, one end, and nothing left. `seats` makes the kinds alike; the controls are below.

mod controls;
mod seats;

use std::future::Future;

use contract::{Activity, AgentId, CallCommand, EventKind, InteractionId, SeatCommand, SeatStatus};
use zuoxi_tests::house::{AGENT_HZ, CALLER_HZ, House, Outcome, SECOND_HZ, stereo_holds};
use zuoxi_tests::phone::{Phone, Talk};

use seats::{Leg, Seated};

type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// What an agent talks on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Phone,
    Encrypted,
    Dialed,
    Browser,
}

const KINDS: [Kind; 4] = [Kind::Phone, Kind::Encrypted, Kind::Dialed, Kind::Browser];

/// All kinds side by side, as each takes the time that is spoken; a fault names the one it was found at.
async fn at_each<F: Future<Output = Outcome>>(control: impl Fn(Kind) -> F) -> Outcome {
    let all = KINDS.map(|kind| {
        let told = control(kind);
        async move { told.await.map_err(|why| format!("at {kind:?}: {why}")) }
    });
    let mut wrong = Vec::new();
    for outcome in futures_util::future::join_all(all).await {
        wrong.extend(outcome.err());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ").into()) }
}

/// A caller in talk with the first of two agents, both at stations of this kind; the second is ready.
struct Scene {
    house: House,
    call: InteractionId,
    ann: Seated,
    ben: Seated,
    /// Stays plugged in as long as the scene does.
    _caller: Phone,
    talk: Talk,
    /// Ann's end.
    leg: Leg,
}

impl Scene {
    /// Ringing at Ann; Ben is signed in and not ready.
    async fn ringing(kind: Kind) -> Result<Self, Trouble> {
        let (house, [mut ann, ben]) = seats::open(kind).await?;
        ann.ready(&house).await?;
        let caller = house.caller("13800138000").await?;
        let talk = caller.dial("95500").await?;
        talk.answered().await?;
        let call = house.call(1).await?;
        let leg = ann.rung(&house, call).await?;
        Ok(Self { house, call, ann, ben, _caller: caller, talk, leg })
    }

    async fn talking(kind: Kind) -> Result<Self, Trouble> {
        let scene = Self::ringing(kind).await?;
        scene.begins().await?;
        scene.ben.ready(&scene.house).await?;
        Ok(scene)
    }

    /// Ann lifts, and both hear each other.
    async fn begins(&self) -> Outcome {
        self.ann.lift(&self.house, self.call, &self.leg).await?;
        self.talk.say_tone(CALLER_HZ);
        self.leg.say_tone(AGENT_HZ);
        self.leg.hears_only(CALLER_HZ).await?;
        hears_only(&self.talk, AGENT_HZ).await
    }

    /// A station of Ben's rings for this call, and is lifted.
    async fn ben_comes(&mut self) -> Result<Leg, Trouble> {
        self.ben.comes(&self.house, self.call, SECOND_HZ).await
    }

    async fn ann_does(&self, command: CallCommand) -> Outcome {
        self.house.command(self.call, self.ann.agent, command).await
    }

    /// Waits for a fact of the call.
    async fn fact(&self, what: &str, is: impl Fn(&EventKind) -> bool) -> Outcome {
        self.house.fact(self.call, what, is).await?;
        Ok(())
    }

    fn count(&self, is: impl Fn(&EventKind) -> bool) -> usize {
        self.house.book.of(self.call).iter().filter(|kind| is(kind)).count()
    }

    /// The caller hangs up; everybody is free, the call has one end, so many talks, and recordings that hold just the pairs of
    /// tones named: caller's side and agent's. Then nothing of it is left.
    async fn ends(self, recorded: &[(f64, f64)]) -> Outcome {
        self.talk.hang_up().await?;
        self.over(recorded).await
    }

    /// As [`Scene::ends`], where somebody else ended it.
    async fn over(self, recorded: &[(f64, f64)]) -> Outcome {
        self.talk.ended().await?;
        let paths = self.house.recordings(self.call).await?;
        assert_eq!(paths.len(), recorded.len(), "{paths:?}");
        for (path, (left, right)) in paths.iter().zip(recorded) {
            stereo_holds(path, *left, *right)?;
        }
        self.over_with(recorded.len()).await
    }

    /// One end, so many talks with a whole recording each, everybody free, and nothing left.
    async fn over_with(self, talks: usize) -> Outcome {
        self.talk.ended().await?;
        self.fact("the end of the call", |k| matches!(k, EventKind::CallEnded { .. })).await?;
        for agent in [self.ann.agent, self.ben.agent] {
            is_free(&self.house, agent).await?;
        }
        let ends = self.count(|k| matches!(k, EventKind::CallEnded { .. } | EventKind::Interrupted { .. }));
        let begun = self.count(|k| matches!(k, EventKind::TalkStarted { .. }));
        let recorded = self.house.recordings(self.call).await?.len();
        assert_eq!((ends, begun, recorded), (1, talks, talks), "one end, and a talk for each recording");
        let Self { house, ann, ben, .. } = self;
        leaves(house, [ann, ben]).await
    }
}

/// Everybody goes home, which closes the lines of browsers; then nothing is left.
async fn leaves(house: House, all: [Seated; 2]) -> Outcome {
    for one in &all {
        house.seat(one.agent, SeatCommand::SignOut).await?;
    }
    house.close().await
}

async fn is_free(house: &House, agent: AgentId) -> Outcome {
    let free = |s: &contract::Seat| s.activity == Activity::Idle && s.status == SeatStatus::Ready;
    house.seat_is(agent, "free", free).await?;
    Ok(())
}

/// What was under way before has been heard out; then nothing but this.
async fn hears_only(talk: &Talk, hz: f64) -> Outcome {
    talk.hears(&format!("{hz} Hz by now"), |ear| ear.tone_ms(hz) >= 300).await?;
    Ok(talk.expect_only(hz).await?)
}
